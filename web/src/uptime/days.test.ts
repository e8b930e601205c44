import { expect, test } from "vitest";
import type { Uptime, UptimeParts } from "../api/uptime";
import { days, stateOf, verdict } from "./days";

const nothing: UptimeParts = { heldSeconds: 0, upSeconds: 0, plannedSeconds: 0, unplannedSeconds: 0, offSeconds: 0 };

const month = (given: Partial<Uptime>): Uptime => ({
  month: "2026-11",
  from: "2026-11-01T00:00:00+00:00",
  to: "2026-12-01T00:00:00+00:00",
  promise: { percent: 99.5, credits: [] },
  uptimePercent: 100,
  kept: true,
  parts: nothing,
  days: [],
  incidents: [],
  credit: null,
  ...given,
});

test("a day is the worst that it was", () => {
  expect(stateOf(nothing)).toBe("none");
  expect(stateOf({ ...nothing, heldSeconds: 9, offSeconds: 9 })).toBe("off");
  expect(stateOf({ ...nothing, heldSeconds: 9, offSeconds: 4, upSeconds: 5 })).toBe("up");
  expect(stateOf({ ...nothing, heldSeconds: 9, upSeconds: 5, plannedSeconds: 4 })).toBe("planned");
  expect(stateOf({ ...nothing, heldSeconds: 9, upSeconds: 5, plannedSeconds: 3, unplannedSeconds: 1 })).toBe("unplanned");
});

test("the days are as they come", () => {
  expect(days(month({ days: [{ date: "2026-11-01", parts: nothing }] })).map(({ date, state }) => [date, state])).toEqual([["2026-11-01", "none"]]);
});

test("a month that is not over says so", () => {
  expect(verdict(month({}))).toBe("kept");
  expect(verdict(month({ kept: false }))).toBe("broken");
  expect(verdict(month({ to: "2026-11-29T10:00:00+00:00" }))).toBe("so-far");
  expect(verdict(month({ to: "2026-11-29T10:00:00+00:00", kept: false }))).toBe("breaking");
  expect(verdict(month({ uptimePercent: null }))).toBe("nothing");
});
