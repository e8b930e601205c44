import { describe, expect, it } from "vitest";
import { backoff } from "./stream";
import { topicOf } from "./topics";

describe("backoff", () => {
  it("doubles from one second to thirty, give or take a quarter", () => {
    const middle = [1, 2, 3, 5, 6, 20].map((failures) => backoff(failures, () => 0.5));
    expect(middle).toEqual([1000, 2000, 4000, 16_000, 30_000, 30_000]);
    expect(backoff(1, () => 0)).toBe(750);
    expect(backoff(1, () => 1)).toBe(1250);
  });
});

describe("topicOf", () => {
  it("takes what names a topic and an id, and nothing else", () => {
    expect(topicOf({ topic: "deployment", id: "dep_1" })).toEqual({ topic: "deployment", id: "dep_1", deployment: null });
    expect(topicOf({ topic: "operation", id: "op_1", deployment: "dep_1" })?.deployment).toBe("dep_1");
    for (const other of [null, "x", 1, {}, { topic: "deployment" }, { topic: 1, id: "a" }]) expect(topicOf(other)).toBeNull();
  });
});
