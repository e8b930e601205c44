import { expect, it } from "vitest";
import whole from "./fixtures/whole.json";
import { group, passes } from "./group";
import type { Row } from "./verify";

const rows = whole.rows as unknown as Row[];

it("puts what belongs to an operation together, newest first", () => {
  expect(group(rows).map((one) => one.rows.map((row) => row.sequence))).toEqual([[3, 4, 5, 6, 7], [2], [1], [0]]);
});

const of = (filter: Parameters<typeof passes>[1]) => rows.filter((row) => passes(row, filter)).map((row) => row.sequence);

it("lets through what all filters let through", () => {
  expect(of({ who: "payment" })).toEqual([3]);
  expect(of({ kind: "step", who: "launchpad" })).toEqual([5, 6]);
  expect(of({ from: "2026-11-30" })).toEqual([]);
  expect(of({})).toHaveLength(8);
});
