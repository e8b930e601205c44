import { describe, expect, it } from "vitest";
import { controlOf, fits, tooFew, tooMany, wrongIn } from "./control";
import type { Json } from "./json";
import type { Schema } from "./schema";
import { defaultIn, waysAt, waysOf } from "./ways";

const of = (schema: Schema, root: Schema = schema) => controlOf(root, waysOf(root, schema));
const kind = (schema: Schema) => of(schema).kind;
const fault = (schema: Schema, value: Json) => wrongIn(of(schema), value);

describe("what a setting is set by", () => {
  it("is a switch, a choice, a number, a text, a list or a group, by its type", () => {
    expect(of({ type: "boolean" })).toEqual({ kind: "switch" });
    expect(of({ enum: ["off", "low"] })).toEqual({ kind: "choice", values: ["off", "low"] });
    expect(kind({ type: "integer" })).toBe("number");
    expect(kind({ type: "string" })).toBe("text");
    expect(kind({ type: "array", items: { type: "string" } })).toBe("list");
    expect(kind({ type: "object", properties: { a: { type: "string" } } })).toBe("group");
    expect(kind({ properties: { a: { type: "string" } } })).toBe("group");
    expect(kind({ type: "object", additionalProperties: { type: "string" } })).toBe("group");
  });

  it("takes alternatives together that are values, and texts that mean something of their own", () => {
    expect(of({ anyOf: [{ type: "string", const: "a" }, { type: "string", const: "b" }] })).toEqual({ kind: "choice", values: ["a", "b"] });
    expect(of({ oneOf: [{ type: "boolean" }, { const: "auto" }] })).toEqual({ kind: "choice", values: [true, false, "auto"] });
    expect(of({ anyOf: [{ const: "auto" }, { type: "string" }] })).toMatchObject({ kind: "text", values: ["auto"] });
    expect(kind({ type: ["string", "number"] })).toBe("text");
    expect(of({ type: "array", items: { enum: ["text", "image"] } })).toMatchObject({ kind: "list", item: { values: ["text", "image"] } });
  });

  it("is a list with settings inside where the entries are groups, also of several kinds", () => {
    const route: Schema = { type: "object", properties: { type: { const: "route" }, to: { type: "string" } } };
    const copy: Schema = { type: "object", properties: { type: { const: "copy" }, count: { type: "integer" } } };
    expect(of({ type: "array", minItems: 1, maxItems: 3, items: route })).toEqual({ kind: "items", min: 1, max: 3 });
    expect(of({ type: "array", items: { type: "object", additionalProperties: { type: "string" } } })).toEqual({ kind: "items", min: null, max: null });
    expect(kind({ type: "array", items: { anyOf: [route, copy] } })).toBe("items");
    expect(kind({ type: "array", items: { anyOf: [route, { type: "string" }] } })).toBe("json");
    const either: Schema = { anyOf: [route, copy] };
    expect(kind(either)).toBe("group");
    expect(controlOf(either, waysAt(either, ["type"]))).toEqual({ kind: "choice", values: ["route", "copy"] });
    expect(controlOf(either, waysAt(either, ["count"]))).toMatchObject({ kind: "number" });
  });

  it("is no group where a reference to a secret is taken: its parts are not set one by one", () => {
    const reference: Schema = { type: "object", properties: { source: { const: "file" }, provider: { type: "string" }, id: { type: "string" } } };
    expect([kind(reference), kind({ anyOf: [reference, reference] }), kind({ type: "array", items: reference })]).toEqual(["json", "json", "json"]);
  });

  it("is a text where any plain value is taken, and the editor where true is something of its own", () => {
    expect(kind({ type: ["string", "number", "boolean"] })).toBe("text");
    expect(kind({ anyOf: [{ type: "string" }, { type: "boolean" }] })).toBe("json");
    expect(fits(of({ type: ["string", "boolean"] }), true)).toBe(false);
  });

  it("goes through references and past null, which cannot be set", () => {
    const root: Schema = { definitions: { port: { type: "integer", maximum: 9 } }, properties: { port: { $ref: "#/definitions/port" } } };
    expect(controlOf(root, waysAt(root, ["port"]))).toMatchObject({ kind: "number", limits: { isWhole: true, max: 9 } });
    expect(kind({ type: ["string", "null"] })).toBe("text");
    expect(kind({ anyOf: [{ type: "boolean" }, { type: "null" }] })).toBe("switch");
    expect(of({ enum: ["a", null] })).toEqual({ kind: "choice", values: ["a"] });
  });

  it("is the editor for what is too free, and for what refers to itself", () => {
    const free: Schema[] = [
      {}, { type: "object" }, { type: "array" }, { type: "null" }, { type: "array", items: { type: "object" } }, { type: "array", items: [{ type: "string" }] },
      { anyOf: [{ type: "boolean" }, { type: "object", properties: { a: {} } }] }, { anyOf: [{ type: "string" }, { const: false }] },
      { anyOf: [{ type: "string" }, { type: "object" }] }, { const: { a: 1 } },
    ];
    expect(free.map(kind)).toEqual(free.map(() => "json"));
    const loop: Schema = { properties: { loop: { $ref: "#/properties/loop" } } };
    expect(controlOf(loop, waysAt(loop, ["loop"]))).toEqual({ kind: "json" });
    const lists: Schema = { definitions: { list: { type: "array", items: { $ref: "#/definitions/list" } } }, properties: { lists: { $ref: "#/definitions/list" } } };
    expect(controlOf(lists, waysAt(lists, ["lists"]))).toEqual({ kind: "json" });
  });

  it("does not show what it could not hold", () => {
    expect(fits({ kind: "switch" }, "yes")).toBe(false);
    expect(fits({ kind: "switch" }, undefined)).toBe(true);
    expect(fits(of({ type: "integer" }), "${PORT}")).toBe(false);
    expect(fits(of({ type: "array", items: { type: "string" } }), ["a", 1])).toBe(true);
    expect(fits(of({ type: "array", items: { type: "string" } }), ["two\nlines"])).toBe(false);
    expect(fits(of({ type: "string" }), { source: "file" })).toBe(false);
    const items = of({ type: "array", items: { type: "object", properties: {} } });
    expect([fits(items, [{}, "x"]), fits(items, { 0: {} }), fits(items, undefined)]).toEqual([true, false, true]);
  });
});

describe("what is wrong with a value", () => {
  it("is said by the limits of the release", () => {
    expect(fault({ type: "integer", minimum: 1 }, 0)).toEqual({ rule: "min", limit: 1 });
    expect(fault({ type: "integer", exclusiveMinimum: 0 }, 0)).toEqual({ rule: "min", limit: 1 });
    expect(fault({ type: "number", exclusiveMinimum: 0 }, 0)).toEqual({ rule: "above", limit: 0 });
    expect(fault({ type: "number", exclusiveMaximum: 1 }, 1)).toEqual({ rule: "below", limit: 1 });
    expect(fault({ type: "integer" }, 1.5)).toEqual({ rule: "whole" });
    expect(fault({ type: "string", minLength: 1 }, "")).toEqual({ rule: "empty" });
    expect(fault({ type: "string", maxLength: 2 }, "abc")).toEqual({ rule: "long", limit: 2 });
    expect(fault({ type: "string", pattern: "^#[0-9a-f]{6}$" }, "red")).toEqual({ rule: "pattern" });
    expect(fault({ type: "string", format: "uri" }, "example")).toEqual({ rule: "uri" });
    expect(fault({ type: "string", format: "email" }, "me")).toEqual({ rule: "email" });
    expect(fault({ enum: ["a"] }, "b")).toEqual({ rule: "values", values: ["a"] });
  });

  it("is said of the line of a list, or of how many there are", () => {
    const list: Schema = { type: "array", minItems: 1, maxItems: 3, items: { type: "string", minLength: 2 } };
    expect(fault(list, ["ab", "c"])).toEqual({ rule: "line", line: 2, fault: { rule: "short", limit: 2 } });
    expect(fault(list, [])).toEqual({ rule: "few", limit: 1 });
    expect(fault(list, ["ab", "ab", "ab", "ab"])).toEqual({ rule: "many", limit: 3 });
    expect(fault(list, ["ab", "ab"])).toBeNull();
  });

  it("is said of how many entries a list with settings inside has, and keeps one more or less from being", () => {
    const list: Schema = { type: "array", minItems: 1, maxItems: 2, items: { type: "object", properties: {} } };
    expect([fault(list, []), fault(list, [{}]), fault(list, [{}, {}, {}])]).toEqual([{ rule: "few", limit: 1 }, null, { rule: "many", limit: 2 }]);
    expect([tooFew(of(list), 1), tooFew(of(list), 2), tooFew(of(list), 5)]).toEqual([{ rule: "few", limit: 1 }, null, null]);
    expect([tooMany(of(list), 1), tooMany(of(list), 2), tooMany(of(list), 0)]).toEqual([null, { rule: "many", limit: 2 }, null]);
    expect([tooFew({ kind: "group" }, 0), tooMany({ kind: "group" }, 9)]).toEqual([null, null]);
  });

  it("is nothing where one of several alternatives takes it, where a variable stands for it, and where only the release can tell", () => {
    expect(fault({ anyOf: [{ type: "string", pattern: "^a" }, { type: "string", pattern: "^b" }, { const: "c" }] }, "b")).toBeNull();
    expect(fault({ anyOf: [{ type: "string", pattern: "^a" }, { const: "c" }] }, "c")).toBeNull();
    expect(fault({ type: "string", format: "uri" }, "${BASE_URL}")).toBeNull();
    expect(fault({ type: "string", pattern: "(?(" }, "x")).toBeNull();
    expect(fault({ type: "integer", maximum: Number.MAX_SAFE_INTEGER }, 5)).toBeNull();
    expect(fault({ anyOf: [{ type: "integer", maximum: 3 }, { type: "number", maximum: 9 }] }, 5)).toBeNull();
  });

  it("holds all limits where all schemas have to hold", () => {
    const both: Schema = { type: "string", allOf: [{ maxLength: 3 }, { pattern: "^a" }] };
    expect([fault(both, "abcd"), fault(both, "b"), fault(both, "ab")]).toEqual([{ rule: "long", limit: 3 }, { rule: "pattern" }, null]);
  });
});

it("finds what the release takes by default, where it says so", () => {
  expect(defaultIn(waysOf({}, { anyOf: [{ const: "a" }, { const: "b" }], default: "b" }))).toBe("b");
  expect(defaultIn(waysOf({}, { type: "boolean", default: false }))).toBe(false);
  expect(defaultIn(waysOf({}, { type: "boolean" }))).toBeUndefined();
});
