import { describe, expect, it } from "vitest";
import type { JsonObject } from "./json";
import { isBelow, moved, valueAt, without, withValue } from "./place";

const config: JsonObject = { session: { scope: "global" }, agents: { list: [{ id: "a" }, { id: "b", on: true }], entries: { main: {} } } };

describe("a place in a config", () => {
  it("is read through objects and lists, and is nothing where there is none", () => {
    expect(valueAt(config, ["session", "scope"])).toBe("global");
    expect(valueAt(config, ["agents", "list", 1, "id"])).toBe("b");
    expect([["session", "toString"], ["nowhere", "at", "all"], ["agents", "list", 7, "id"], ["session", "scope", "x"]].map((path) => valueAt(config, path))).toEqual(
      [undefined, undefined, undefined, undefined],
    );
  });

  it("is set with all that is missing on the way, and touches nothing else", () => {
    const before = structuredClone(config);
    expect(withValue({}, ["a", "b", "c"], 1)).toEqual({ a: { b: { c: 1 } } });
    expect(withValue({}, ["a", 0, "c"], 1)).toEqual({ a: [{ c: 1 }] });
    expect(withValue({ a: "text" }, ["a", "b"], 1)).toEqual({ a: { b: 1 } });
    expect(withValue({ a: [1] }, ["a", 5], 2)).toEqual({ a: [1, 2] });
    const next = withValue(config, ["agents", "list", 0, "on"], false);
    expect(next).toEqual({ ...config, agents: { list: [{ id: "a", on: false }, { id: "b", on: true }], entries: { main: {} } } });
    expect(next["session"]).toBe(config["session"]);
    expect(config).toEqual(before);
  });

  it("keeps names of their own that objects have anyway", () => {
    expect(Object.keys(withValue({}, ["__proto__", "x"], 1))).toEqual(["__proto__"]);
    expect(valueAt({}, ["__proto__"])).toBeUndefined();
  });

  it("is left as nothing when it was nothing before", () => {
    expect(without(withValue({}, ["a", "b", "c"], 1), ["a", "b", "c"], {})).toEqual({});
    expect(without(withValue(config, ["session", "reset", "mode"], "idle"), ["session", "reset", "mode"], config)).toEqual(config);
  });

  it("leaves empty what was there before", () => {
    expect(without(config, ["session", "scope"], config)).toEqual({ ...config, session: {} });
    expect(without({ entries: { main: { x: 1 } } }, ["entries", "main", "x"], { entries: { main: {} } })).toEqual({ entries: { main: {} } });
  });

  it("takes items out of lists, and nothing where there is nothing", () => {
    expect(without(config, ["agents", "list", 0], config)["agents"]).toEqual({ list: [{ id: "b", on: true }], entries: { main: {} } });
    expect(without(config, ["nowhere", "x"], config)).toBe(config);
    expect(without(config, ["session", "scoop"], config)).toBe(config);
  });

  it("leaves a list as it was when what was begun at its end is taken back, and lets no entry get another's place by itself", () => {
    const begun = withValue(config, ["agents", "list", 2, "id"], "c");
    expect(valueAt(begun, ["agents", "list", 2])).toEqual({ id: "c" });
    expect(without(begun, ["agents", "list", 2, "id"], config)).toEqual(config);
    expect(without(withValue({}, ["list", 0, "id"], "a"), ["list", 0, "id"], {})).toEqual({});
    expect(without({ list: [{ a: 1 }, { b: 1 }] }, ["list", 0, "a"], {})).toEqual({ list: [{}, { b: 1 }] });
    expect(without({ list: [{ a: 1 }] }, ["list", 0, "a"], { list: [{ a: 1 }] })).toEqual({ list: [{}] });
    expect(without({ list: [{ a: 1 }] }, ["list", 0], {})).toEqual({});
  });

  it("is moved within its list, and nothing is where there is none to move", () => {
    const turned = { ...config, agents: { list: [{ id: "b", on: true }, { id: "a" }], entries: { main: {} } } };
    const before = structuredClone(config);
    expect([moved(config, ["agents", "list"], 1, 0), moved(config, ["agents", "list"], 0, 1)]).toEqual([turned, turned]);
    expect(config).toEqual(before);
    expect([moved(config, ["agents", "list"], 2, 0), moved(config, ["session"], 0, 1)]).toEqual([config, config]);
  });

  it("is below another by its names and numbers", () => {
    expect(isBelow(["list", 1, "id"], ["list", 1])).toBe(true);
    expect([isBelow(["list", 1], ["list", 1]), isBelow(["list", 10, "id"], ["list", 1]), isBelow(["lists", 1], ["list"])]).toEqual([false, false, false]);
  });
});
