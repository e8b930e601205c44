import { expect, it } from "vitest";
import { find } from "./find";

const places = [{ id: "dep_1", name: "Ada" }, { id: "bots", name: "Bots" }];
const pages = [{ id: "dep_1-Usage", name: "Ada · Usage" }, { id: "dep_1-Logs", name: "Ada · Logs" }];
const names = (typed: string) => find(places, pages, typed).map(({ name }) => name);

it("finds a page of a bot by a word of each", () => {
  expect(names("usa ad")).toEqual(["Ada · Usage"]);
  expect(names("ada")).toEqual(["Ada", "Ada · Usage", "Ada · Logs"]);
});

it("shows places alone while nothing is typed", () => {
  expect(names("  ")).toEqual(["Ada", "Bots"]);
  expect(names("zzz")).toEqual([]);
});
