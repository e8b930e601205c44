import { describe, expect, it } from "vitest";
import type { StaffHistoryEvent } from "../../api/staff";
import { longest, spansOf } from "./saga";

const event = (number: number, second: number, kind: string, rest: Partial<StaffHistoryEvent> = {}): StaffHistoryEvent => ({
  number, at: new Date(second * 1000).toISOString(), kind, name: null, task: null, child: null, until: null, failure: null, ...rest,
});

const history = [
  event(0, 0, "ExecutionStarted", { name: "Provision" }),
  event(1, 1, "TaskScheduled", { name: "CheckPlan", task: 0 }),
  event(2, 3, "TaskCompleted", { task: 0 }),
  event(3, 3, "TimerCreated", { task: 1 }),
  event(4, 4, "TaskScheduled", { name: "Pull", task: 2 }),
  event(5, 9, "TaskFailed", { task: 2, failure: "IOException: gone" }),
];

describe("spansOf", () => {
  it("joins each begin with its end", () => {
    const seen = spansOf(history, "Waits", 13_000).map(({ title, status, ms, detail }) => [title, status, ms, detail]);
    expect(seen).toEqual([["CheckPlan", "done", 2000, null], ["Waits", "started", 10_000, null], ["Pull", "failed", 5000, "IOException: gone"]]);
  });

  it("leaves out what was left when it ended", () => {
    const titles = spansOf([...history, event(6, 10, "ExecutionCompleted")], "Waits", 13_000).map((one) => one.title);
    expect(titles).toEqual(["CheckPlan", "Pull"]);
  });
});

it("keeps the longest in the order of their begin", () => {
  expect(longest(spansOf(history, "Waits", 13_000), 2).map((one) => one.title)).toEqual(["Waits", "Pull"]);
});
