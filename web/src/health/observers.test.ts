import { expect, it } from "vitest";
import type { Health } from "../api/types";
import { looks } from "./observers";

const health = (of: Partial<Health>): Health => ({
  state: "up", blind: [], said: null, since: null, restarts: 0, lastRestartAt: null, givenUp: null, storage: null, observers: [], ...of,
});

const sights = (of: Partial<Health>) => looks(health(of)).map(({ sight }) => sight);

it("tells what each saw from the verdict", () => {
  expect(sights({})).toEqual(["up", "up", "up"]);
  expect(sights({ state: "observer-problem", blind: ["outside"] })).toEqual(["up", "up", "silent"]);
  expect(sights({ state: "down" })).toEqual([null, null, null]);
});

it("tells it as it was told, where it was", () => {
  expect(looks(health({ state: "down", observers: [{ observer: "ssh", sight: "down", said: "not running" }] }))[1]).toEqual({
    observer: "ssh", sight: "down", said: "not running",
  });
});
