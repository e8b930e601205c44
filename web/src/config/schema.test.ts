import { describe, expect, it } from "vitest";
import { aboutOf, idOf, isUnknown, membersOf, type Path, pathOf, type Schema, schemasAt, valuesOf } from "./schema";

const schema: Schema = {
  type: "object",
  additionalProperties: false,
  definitions: { limit: { type: "integer", title: "Limit", description: "At most so many." } },
  properties: {
    session: {
      type: "object",
      additionalProperties: false,
      properties: {
        scope: { title: "Scope", anyOf: [{ type: "string", const: "per-sender" }, { type: "string", const: "global" }] },
        name: { anyOf: [{ type: "string", const: "auto" }, { type: "string" }] },
        quiet: { type: "boolean" },
        max: { $ref: "#/definitions/limit" },
      },
    },
    agents: {
      type: "object",
      properties: { list: { type: "array", items: { type: "object", properties: { id: { type: "string" } } } } },
    },
    channels: { type: "object", additionalProperties: { oneOf: [{ type: "object", properties: { token: { type: "string" } } }, { type: "boolean" }] } },
    env: { type: "object", additionalProperties: true },
    hosts: { type: "array", items: { anyOf: [{ type: "string" }, { type: "number" }] } },
    loop: { $ref: "#/properties/loop" },
  },
};

it("writes a path as the API does, and reads it", () => {
  const paths: [Path, string][] = [[["agents", "list", 0, "name"], "agents.list[0].name"], [["a", 1, 2], "a[1][2]"], [["session"], "session"], [["entries", "0"], "entries.0"]];
  expect(paths.map(([path]) => idOf(path))).toEqual(paths.map(([, id]) => id));
  expect(paths.map(([, id]) => pathOf(id))).toEqual(paths.map(([path]) => path));
  expect(pathOf("a.[x].b[]")).toEqual(["a", "[x]", "b[]"]);
});

describe("the schema of a config", () => {
  it("says what a place means, through lists, alternatives, references and names of one's own", () => {
    expect(aboutOf(schema, ["session", "max"])).toEqual({ title: "Limit", text: "At most so many.", takes: ["whole number"], values: [] });
    expect(aboutOf(schema, ["session", "scope"])).toMatchObject({ title: "Scope", takes: [], values: ["per-sender", "global"] });
    expect(aboutOf(schema, ["agents", "list", 3, "id"])).toMatchObject({ takes: ["string"] });
    expect(aboutOf(schema, ["channels", "telegram", "token"])).toMatchObject({ takes: ["string"] });
    expect(aboutOf(schema, ["hosts"])).toMatchObject({ takes: ["list of: string, number"] });
    expect(aboutOf(schema, ["session", "quiet"])).toMatchObject({ takes: ["true or false"], values: [true, false] });
  });

  it("gives no list of values as the whole where anything else is taken too, and offers them all the same", () => {
    expect(aboutOf(schema, ["session", "name"])?.values).toEqual([]);
    expect(valuesOf(schema, ["session", "name"])).toEqual(["auto"]);
  });

  it("knows no place that is not there", () => {
    expect(aboutOf(schema, ["session", "scoop"])).toBeNull();
    expect(aboutOf(schema, ["session", "toString"])).toBeNull();
    expect(schemasAt(schema, ["env", "anything"])).toEqual([]);
  });

  it("calls unknown only what the release refuses", () => {
    expect(isUnknown(schema, ["sessions"])).toBe(true);
    expect(isUnknown(schema, ["session", "constructor"])).toBe(true);
    expect(isUnknown(schema, ["session", "scope"])).toBe(false);
    expect(isUnknown(schema, ["env", "ANYTHING"])).toBe(false);
    expect(isUnknown(schema, ["agents", "other"])).toBe(false);
    expect(isUnknown(schema, ["channels", "mine", "token"])).toBe(false);
    expect(isUnknown(schema, ["nowhere", "inside"])).toBe(false);
  });

  it("lists the names of a place once, and ends where a schema refers to itself", () => {
    expect(membersOf(schema, ["session"]).map(({ name }) => name)).toEqual(["scope", "name", "quiet", "max"]);
    expect(membersOf(schema, ["session"]).at(-1)).toEqual({ name: "max", title: "Limit", text: "At most so many." });
    expect(membersOf(schema, []).map(({ name }) => name)).toContain("loop");
    expect(aboutOf(schema, ["loop"])).not.toBeNull();
  });
});
