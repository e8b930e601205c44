import { describe, expect, it } from "vitest";
import { nullsIn, patchOf, read, same, type Json, type JsonObject, isObject } from "./json";
import { hidden, mayHoldSecret } from "./secretish";
import { differences, merged, nameOf, type Settings } from "./threeWay";

/** As RFC 7396 says, for the test of what makes patches. */
function patched(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const result: JsonObject = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = patched(result[name], value);
  }
  return result;
}

const settings = (config: JsonObject): Settings => ({ model: "", instructions: "", telegram: false, plan: "starter", config });

describe("a merge patch", () => {
  const pairs: [JsonObject, JsonObject][] = [
    [{}, { a: 1 }],
    [{ a: 1, b: { c: [1, 2], d: "x" } }, { a: 1, b: { c: [1], e: true } }],
    [{ a: { b: 1 } }, { a: [1] }],
    [{ a: [1] }, { a: { b: { c: 1 } } }],
    [{ a: 1 }, {}],
    [JSON.parse('{"constructor":1}') as JsonObject, { toString: 2 } as unknown as JsonObject],
  ];
  it("makes the one of the other, and is empty between equals", () => {
    for (const [from, to] of pairs) {
      expect(same(patched(from, patchOf(from, to)), to)).toBe(true);
      expect(patchOf(to, structuredClone(to))).toEqual({});
    }
  });
  it("takes a member called __proto__ for one, and makes nothing of it that all objects have", () => {
    const typed = JSON.parse('{"__proto__":{"polluted":true},"a":{"__proto__":{"polluted":1}}}') as JsonObject;
    expect(JSON.stringify(patchOf({ a: {} }, typed))).toBe(JSON.stringify(typed));
    expect(JSON.stringify(patchOf(typed, {}))).toBe('{"__proto__":null,"a":null}');
    const all = differences(settings({}), settings(typed), settings({ b: 1 }));
    expect(JSON.stringify(merged(settings({ b: 1 }), all, new Map()).config)).toBe('{"b":1,"__proto__":{"polluted":true},"a":{"__proto__":{"polluted":1}}}');
    expect("polluted" in {}).toBe(false);
  });
  it("cannot set null, which is found wherever it stands", () => {
    expect(nullsIn({ a: null, b: { c: null, d: 1 } })).toEqual(["a", "b.c"]);
  });
});

it("reads nothing as the empty object, and refuses what is none", () => {
  expect(read("  \n")).toEqual({ ok: true, value: {} });
  expect([read("[1]").ok, read("{").ok, read('{"a":1}').ok]).toEqual([false, false, true]);
});

describe("three ways", () => {
  const was: Settings = { model: "a", instructions: "Be kind.", telegram: false, plan: "starter", config: { x: 1, y: { z: 1 } } };
  const mine: Settings = { ...was, model: "b", config: { x: 2, y: { z: 1, w: 5 } } };
  const now: Settings = { ...was, instructions: "Be brief.", config: { x: 3, y: { z: 2 } } };
  const found = differences(was, mine, now);

  it("tells what was typed from what somebody else did, and from what both touched", () => {
    const told = found.map((one) => `${nameOf(one)}${one.conflict ? "!" : ""}`).toSorted();
    expect(told).toEqual(["config.x!", "config.y.w", "config.y.z", "instructions", "model"]);
  });
  it("loses nothing of either, and of what both touched takes what was chosen", () => {
    expect(merged(now, found, new Map())).toEqual({ ...was, model: "b", instructions: "Be brief.", config: { x: 2, y: { z: 2, w: 5 } } });
    expect(merged(now, found, new Map([["config.x", "now"]])).config["x"]).toBe(3);
  });
  it("lets a deletion win where only one side touched the place", () => {
    const gone = { ...was, config: { x: 1 } };
    expect(merged(was, differences(was, gone, was), new Map()).config).toEqual({ x: 1 });
    expect(merged(gone, differences(was, was, gone), new Map()).config).toEqual({ x: 1 });
  });
  it("finds nothing between equals", () => expect(differences(was, structuredClone(was), structuredClone(was))).toEqual([]));
});

describe("what may be a secret", () => {
  it("is not kept", () => {
    const kept = ['{"agents":{"defaults":{"workspace":"~/w"}}}', '{"token":{"source":"file","id":"/x"}}', '{"maxTokens":100}', "{"];
    const left = ['{"botToken":"abc"}', '{"a":"sk-abcdefghijklmnop1234"}', '{"password": "x', '{"u":"https://me:pw@host/"}'];
    expect(kept.filter(mayHoldSecret)).toEqual([]);
    expect(left.filter((text) => !mayHoldSecret(text))).toEqual([]);
  });
  it("is not part of a command", () => {
    expect(hidden({ a: 1, apiKey: "k", list: ["sk-abcdefghijklmnop1234", "x"] })).toEqual({ a: 1, apiKey: "…", list: ["…", "x"] });
  });
});
