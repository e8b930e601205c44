import { expect, it } from "vitest";
import { isWanted, joined, type Line, linesMax, parts } from "./lines";

const line = (age: number, text = `line ${age}`): Line => ({ id: String(age).padStart(6, "0"), at: "2026-11-28T08:00:00Z", stream: "stdout", text });
const ages = (lines: readonly Line[]) => lines.map(({ id }) => Number(id));

it("puts each line once where it belongs, late ones too", () => {
  expect(ages(joined([line(9), line(7)], [line(5), line(8), line(7), line(3)]))).toEqual([9, 8, 7, 5, 3]);
  expect(ages(joined([], [line(2), line(1)]))).toEqual([2, 1]);
  expect(ages(joined([line(2)], [line(4), line(3)]))).toEqual([4, 3, 2]);
});

it("keeps the newest when there are too many", () => {
  const many = Array.from({ length: linesMax + 5 }, (_, at) => line(linesMax + 5 - at));
  const kept = joined(many, [line(0)]);
  expect([kept.length, kept.at(-1)?.id]).toEqual([linesMax, "000000"]);
});

it("splits a text where something was found in it", () => {
  expect(parts("GET /a get", "get")).toEqual(["", "GET", " /a ", "get", ""]);
  expect([parts("abc", ""), parts("abc", "x")]).toEqual([["abc"], ["abc"]]);
  expect(isWanted(line(1, "An ERROR"), "error", null)).toBe(true);
  expect(isWanted(line(1), "line", "stderr")).toBe(false);
});
