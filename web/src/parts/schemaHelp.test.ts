import { CompletionContext } from "@codemirror/autocomplete";
import { json } from "@codemirror/lang-json";
import { EditorState } from "@codemirror/state";
import { describe, expect, it } from "vitest";
import type { Path, Schema } from "../config/schema";
import { complete, placeAt, placeOf, schemaHelp, setSchema, unknownIn } from "./schemaHelp";

const schema: Schema = {
  type: "object",
  additionalProperties: false,
  properties: {
    session: { type: "object", additionalProperties: false, properties: { scope: { enum: ["per-sender", "global"] }, quiet: { type: "boolean" } } },
    agents: { type: "object", properties: { list: { type: "array", items: { type: "object", properties: { id: { type: "string" } } } } } },
  },
};

/** A bar in the text is the cursor. */
function stateOf(marked: string, of: Schema | null = schema): EditorState {
  const at = marked.indexOf("|");
  const doc = marked.replace("|", "");
  const bare = EditorState.create({ doc, selection: { anchor: Math.max(at, 0) }, extensions: [json(), schemaHelp] });
  return bare.update({ effects: setSchema.of(of) }).state;
}

function offered(marked: string, explicit = false): string[] {
  const state = stateOf(marked);
  return complete(new CompletionContext(state, state.selection.main.head, explicit))?.options.map(({ label }) => label) ?? [];
}

/** What the first that is offered would put in. */
function applied(marked: string) {
  const state = stateOf(marked);
  return complete(new CompletionContext(state, state.selection.main.head, false))?.options[0]?.apply;
}

describe("help in the editor", () => {
  it("offers the names of the place that are not there yet", () => {
    expect(offered('{"|"}')).toEqual(['"session"', '"agents"']);
    expect(offered('{"session": {"quiet": true, "s|"}}')).toEqual(['"scope"']);
    expect(offered('{"agents": {"list": [{}, {"|"}]}}')).toEqual(['"id"']);
  });

  it("offers names in an empty object only to who asks for them", () => {
    expect(offered("{|}")).toEqual([]);
    expect(offered("{|}", true)).toEqual(['"session"', '"agents"']);
  });

  it("offers the values of a place, written or not", () => {
    expect(offered('{"session": {"scope": "|"}}')).toEqual(['"per-sender"', '"global"']);
    expect(offered('{"session": {"scope": |}}')).toEqual(['"per-sender"', '"global"']);
    expect(offered('{"session": {"quiet": t|}}')).toEqual(["true"]);
    expect(offered('{"session": {"quiet": |}}')).toEqual(["true", "false"]);
  });

  it("has read the whole text, also where the editor has not come so far", () => {
    const long = `"agents": {"list": [${'{"id": "a"}, '.repeat(3_000)}{}]}`;
    expect(offered(`{${long}, "session": {"scope": "|"}}`)).toEqual(['"per-sender"', '"global"']);
  });

  it("writes a colon after a name that has none, and no second one", () => {
    expect(applied('{"|"}')).toBe('"session": ');
    expect(applied('{"|": 1}')).toBe('"session"');
  });

  it("says where the cursor stands, in lists as well", () => {
    expect(placeAt(stateOf('{"agents": {"list": [{"id": "a"}, {"id": "|b"}]}}'))).toEqual(["agents", "list", 1, "id"]);
    expect(placeAt(stateOf('{"ses|sion": {}}'))).toEqual(["session"]);
    expect(placeAt(stateOf("|"))).toEqual([]);
  });

  it("finds where a path stands, as far as the text has it", () => {
    const doc = '{\n  "agents": {"list": [\n    {"id": "a"},\n    {"id": "b"}\n  ]}\n}';
    const at = (...path: Path) => {
      const { from, to } = placeOf(stateOf(doc), path);
      return doc.slice(from, to);
    };
    expect([at("agents"), at("agents", "list", 1), at("agents", "list", 1, "id"), at("agents", "list", 7)]).toEqual(['"agents"', '{"id": "b"}', '"id"', '"list"']);
    expect([at(), at("nowhere"), at("agents", "list", "1"), at("agents", 0)]).toEqual(["{", "{", '"list"', '"agents"']);
    expect([placeOf(stateOf(""), ["a", 0]), placeOf(stateOf('{"a": '), ["a", "b"])]).toEqual([{ from: 0, to: 0 }, { from: 1, to: 4 }]);
  });

  it("marks a name that the release refuses, and nothing without a schema", () => {
    const text = '{"session": {"scoop": 1}, "sessions": {"scope": 1}, "agents": {"mine": 1}}';
    expect(unknownIn(stateOf(text), (name) => name).map(({ message }) => message)).toEqual(["scoop", "sessions"]);
    expect(unknownIn(stateOf(text, null), (name) => name)).toEqual([]);
    expect(complete(new CompletionContext(stateOf('{"|"}', null), 2, true))).toBeNull();
  });
});
