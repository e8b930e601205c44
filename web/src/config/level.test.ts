import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "./json";
import { levelAt } from "./level";
import { nameFault } from "./names";
import type { Path, Schema } from "./schema";
import { summaryOf } from "./summary";
import { waysAt } from "./ways";

const schema: Schema = {
  type: "object",
  properties: {
    session: { type: "object", properties: { scope: { enum: ["global", "per-sender"] } } },
    agents: {
      type: "object",
      properties: { main: { type: "object", properties: {} } },
      propertyNames: { type: "string", pattern: "^[a-z]+$" },
      additionalProperties: { type: "object", properties: { name: { type: "string" } } },
    },
    bindings: { type: "array", maxItems: 2, items: { type: "object", properties: { match: { type: "object", properties: { channel: { type: "string" } } } } } },
    env: { type: "object", additionalProperties: { type: "string" } },
    few: { type: "object", propertyNames: { enum: ["low", "high"] }, additionalProperties: { type: "integer" } },
    bare: { type: "object", propertyNames: { $ref: "#/definitions/short" }, additionalProperties: {} },
  },
  definitions: { short: { maxLength: 3 } },
};
const config = { agents: { "Old Name": { name: "x" } }, bindings: [{ match: { channel: "a" } }] };

const level = (path: Path, of: JsonObject = config) => levelAt(schema, of, path)?.id ?? null;
const fault = (place: string, name: string) => nameFault(schema, waysAt(schema, [place]), name);
const said = (entry: unknown) => summaryOf(entry as Json | undefined, ["list", 0]);

describe("the level that an address leads to", () => {
  it("is what it names, also where nothing is set yet", () => {
    expect([level(["session"]), level(["agents", "main"]), level(["agents", "ada"]), level(["agents", "Old Name"])]).toEqual(["session", "agents.main", "agents.ada", "agents.Old Name"]);
    expect([level(["bindings"]), level(["bindings", 0]), level(["bindings", 0, "match"]), level(["bindings", 1, "match"])]).toEqual(
      ["bindings", "bindings[0]", "bindings[0].match", "bindings[1].match"],
    );
  });

  it("is the nearest one where it names none, and the top where there is nothing of it", () => {
    expect([level([]), level(["nowhere"]), level(["__proto__"]), level([0]), level(["nowhere", "session"])]).toEqual([null, null, null, null, null]);
    expect([level(["session", "scope"]), level(["session", 0]), level(["agents", "ada", "name"]), level(["env", "CITY"])]).toEqual(["session", "session", "agents.ada", "env"]);
    expect([level(["agents", "Bad Name"]), level(["agents", "__proto__"]), level(["agents", "$include"]), level(["agents", 0])]).toEqual(["agents", "agents", "agents", "agents"]);
  });

  it("has no entry after the next, after the last that there may be, or where there is no list", () => {
    expect([2, -1, 0.5, Number.NaN, "0"].map((at) => level(["bindings", at]))).toEqual(["bindings", "bindings", "bindings", "bindings", "bindings"]);
    expect(level(["bindings", 2], { bindings: [{}, {}] })).toBe("bindings");
    expect([level(["bindings", 0], {}), level(["bindings", 1], {}), level(["bindings", 0], { bindings: "x" })]).toEqual(["bindings[0]", "bindings", "bindings"]);
  });
});

describe("a name of one's own", () => {
  it("is anything that stands between blanks", () => {
    expect(["CITY", "a b", "openai/gpt-5.1", "constructor", "ü"].map((name) => fault("env", name))).toEqual([null, null, null, null, null]);
    expect(["", "  "].map((name) => fault("env", name))).toEqual([{ rule: "nothing" }, { rule: "nothing" }]);
    expect([" a", "a\t"].map((name) => fault("env", name))).toEqual([{ rule: "edges" }, { rule: "edges" }]);
  });

  it("is none that means something of its own, and no secret", () => {
    expect(["$include", "$schema", "__proto__"].map((name) => fault("env", name))).toEqual([{ rule: "reserved" }, { rule: "reserved" }, { rule: "reserved" }]);
    expect(["sk-abcdefghijklmnop1234", "https://me:pw@host/"].map((name) => fault("env", name))).toEqual([{ rule: "key" }, { rule: "key" }]);
  });

  it("is one that the release takes", () => {
    expect([fault("agents", "ada"), fault("agents", "Ada")]).toEqual([null, { rule: "pattern" }]);
    expect([fault("few", "low"), fault("few", "middle")]).toEqual([null, { rule: "values", values: ["low", "high"] }]);
    expect([fault("bare", "abc"), fault("bare", "abcd")]).toEqual([null, { rule: "long", limit: 3 }]);
  });
});

describe("an entry of a list in a few words", () => {
  it("is what it calls itself, and else the first that it says", () => {
    expect(said({ on: true, name: "Ada", id: "main" })).toBe("main, Ada");
    expect(said({ agentId: "main", match: { channel: "telegram" }, comment: "for all", more: "x" })).toBe("main, for all");
    expect(said({ id: "main", name: "main" })).toBe("main");
    expect([said({ count: 3 }), said("text"), said(7)]).toEqual(["3", "text", "7"]);
  });

  it("is nothing where it says nothing, and tells no secret", () => {
    expect([said({}), said({ on: true }), said({ id: " " }), said([]), said(null), said(undefined)]).toEqual([null, null, null, null, null, null]);
    expect([said({ token: "abc" }), said({ id: "sk-abcdefghijklmnop1234" }), summaryOf("abc", ["tokens", 0])]).toEqual([null, null, null]);
  });

  it("is short", () => expect(said({ title: "long ".repeat(40) })).toMatch(/^.{59}…$/));
});
