import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { find, ownSettingsOf, settingsOf } from "./find";
import { owned, ownerOf } from "./owned";
import type { JsonObject } from "./json";
import type { Schema } from "./schema";
import { isSecretName } from "./secretish";
import { secrecyOf } from "./sensitive";
import { inside, isOwn, membersOf, ownPlacesIn, setIn, settingAt } from "./settings";

const reference: Schema = { type: "object", properties: { source: { const: "file" }, provider: { type: "string" }, id: { type: "string" } } };
const channel: Schema = {
  type: "object",
  properties: { token: { anyOf: [{ type: "string" }, reference] }, dmPolicy: { enum: ["open", "pairing"], title: "Who may write" } },
};
const schema: Schema = {
  type: "object",
  // A list of it is in itself.
  definitions: { rule: { type: "object", properties: { id: { type: "string" }, token: { type: "string" }, next: { type: "array", items: { $ref: "#/definitions/rule" } } } } },
  properties: {
    $schema: { type: "string" },
    session: {
      type: "object",
      title: "Sessions",
      properties: {
        scope: { enum: ["global", "per-sender"], title: "Scope" },
        reset: { type: "object", properties: { idleMinutes: { type: "integer", title: "Session reset", description: "How long nobody may write." } } },
      },
    },
    scopes: { type: "array", items: { type: "string" }, description: "Of keys." },
    agents: { type: "object", additionalProperties: { type: "object", properties: { name: { type: "string", description: "The scope of what it does." } } } },
    channels: { type: "object", properties: { telegram: channel } },
    tree: { type: "object", properties: { label: { type: "string" }, left: { $ref: "#/properties/tree" } } },
    any: { type: "object", properties: { known: { type: "string" } }, additionalProperties: true },
    rules: { type: "array", title: "Rules", items: { $ref: "#/definitions/rule" } },
    hooks: { type: "object", properties: { token: { type: "string" }, tokenFile: { type: "string" }, tokens: { type: "integer" }, hidden: { type: "string", writeOnly: true } } },
  },
};
const at = (path: string) => settingAt(schema, path.split("."));
const found = async (query: string) => find(await settingsOf(schema), query).map(({ id }) => id);
const secrecy = (path: string) => {
  const setting = at(path);
  return setting && secrecyOf(setting);
};

describe("the settings of a release", () => {
  it("are all places with names of its own, and end where a schema is inside itself", async () => {
    const all = (await settingsOf(schema)).map(({ id }) => id);
    expect(all).toEqual([
      "session", "session.scope", "session.reset", "session.reset.idleMinutes", "scopes", "agents", "channels", "channels.telegram", "channels.telegram.token",
      "channels.telegram.dmPolicy", "tree", "tree.label", "any", "any.known", "rules", "hooks", "hooks.token", "hooks.tokenFile", "hooks.tokens", "hooks.hidden",
    ]);
    expect(await settingsOf(schema)).toBe(await settingsOf(schema));
  });

  it("have those too whose names are the owner's, as far as the config has them", () => {
    const own = ownPlacesIn(schema, { agents: { ada: {} }, nowhere: { x: 1 } });
    expect(own.map(({ id }) => id)).toEqual(["agents.ada"]);
    expect(own.flatMap((one) => [...inside(schema, one)]).map(({ id }) => id)).toEqual(["agents.ada.name"]);
    const agents = at("agents");
    expect(agents && membersOf(schema, agents, { ada: {} }).map(({ id }) => id)).toEqual(["agents.ada"]);
  });

  it("have what stands in entries of lists, as far as the config has them, and end where a list is in itself", () => {
    const config = { rules: [{ id: "a" }, { next: [{ id: "b" }] }, "odd"] };
    const own = ownPlacesIn(schema, config);
    expect(own.map(({ id }) => id)).toEqual(["rules[0]", "rules[1]", "rules[1].next[0]", "rules[2]"]);
    expect(ownSettingsOf(schema, own.slice(0, 1)).map(({ id }) => id)).toEqual(["rules[0]", "rules[0].id", "rules[0].token", "rules[0].next"]);
    expect(find(ownSettingsOf(schema, own), "next id").map(({ id }) => id)).toEqual(["rules[1].next[0].id"]);
    expect(setIn(schema, config)).toEqual([["rules", 0, "id"], ["rules", 1, "next", 0, "id"], ["rules", 2]]);
    expect(setIn(schema, { rules: [{}], agents: { ada: {} } })).toEqual([["rules", 0], ["agents", "ada"]]);
  });

  it("are somebody's own by their name or by being put into a list", () => {
    const paths = [["agents", "ada"], ["rules", 0], ["agents"], ["agents", "ada", "name"], ["rules", 0, "next"], []];
    expect(paths.map((path) => isOwn(schema, path))).toEqual([true, true, false, false, false, false]);
  });

  it("stand in the release's order, and those with names of one's own by the alphabet: none moves when it is set", () => {
    const [agents, any, session] = [at("agents"), at("any"), at("session")];
    const names = (group: typeof agents, value: JsonObject, more: string[]) => group && membersOf(schema, group, value, more).map(({ id }) => id);
    expect(names(agents, { zoe: {}, ada: {} }, ["mia", "ada"])).toEqual(["agents.ada", "agents.mia", "agents.zoe"]);
    expect(names(any, { own: 1, $include: "x" }, [])).toEqual(["any.known", "any.own"]);
    expect(names(session, { scoop: 1 }, ["other"])).toEqual(["session.scope", "session.reset"]);
    expect(at("any.own")?.control).toEqual({ kind: "json" });
  });

  it("know what a config sets, and what of it the release does not know", () => {
    const config = { session: { scope: "global", scoop: 1, reset: {} }, scopes: ["a", "b"], agents: { ada: { name: "Ada" } } };
    expect(setIn(schema, config).map((path) => path.join("."))).toEqual(["session.scope", "session.scoop", "session.reset", "scopes", "agents.ada.name"]);
    expect(at("session.scoop")).toBeNull();
    expect(setIn(schema, {})).toEqual([]);
  });
});

describe("to look for settings", () => {
  it("takes names and paths before titles, and titles before descriptions", async () => {
    expect(await found("scope")).toEqual(["session.scope", "scopes"]);
    expect(await found("session")).toEqual(["session", "session.scope", "session.reset", "session.reset.idleMinutes"]);
    expect(await found("write")).toEqual(["channels.telegram.dmPolicy", "session.reset.idleMinutes"]);
  });

  it("wants every word, in any order and case, and knows words inside names", async () => {
    expect(await found("RESET minutes")).toEqual(["session.reset.idleMinutes"]);
    expect(await found("minutes reset")).toEqual(["session.reset.idleMinutes"]);
    expect(await found("session.sco")).toEqual(["session.scope"]);
    expect(await found("policy telegram")).toEqual(["channels.telegram.dmPolicy"]);
    expect(await found("reset nowhere")).toEqual([]);
    expect(await found("  ")).toEqual([]);
  });
});

describe("a secret", () => {
  it("is what takes a reference, what is named like one, and what the schema calls one", () => {
    expect(["channels.telegram.token", "hooks.token", "hooks.hidden"].map(secrecy)).toEqual(["reference", "plain", "plain"]);
  });
  it("is one in an entry of a list too", () => {
    const setting = settingAt(schema, ["rules", 0, "token"]);
    expect(setting && secrecyOf(setting)).toBe("plain");
    expect([isSecretName(["tokens", 0]), isSecretName(["apiKeys", 3]), isSecretName(["rules", 0, "id"])]).toEqual([true, true, false]);
  });
  it("is no place of one, no number and nothing else", () => {
    expect(["hooks.tokenFile", "hooks.tokens", "session.scope", "channels.telegram.dmPolicy"].map(secrecy)).toEqual([null, null, null, null]);
  });
});

describe("what is Launchpad's", () => {
  it("is what the API refuses", async () => {
    const source = await readFile(new URL("../../../shared/Deployments/OwnConfig.cs", import.meta.url), "utf8");
    const list = /Owned =\s*\[([^\]]*)\]/.exec(source)?.[1] ?? "";
    expect([...list.matchAll(/"([^"]+)"/g)].map(([, path]) => path)).toEqual(owned);
  });
  it("has all that is below it, and nothing that only begins alike", () => {
    expect(["gateway", "gateway.port", "plugins.allow", "plugins", "gateways", "plugins.allowed"].map((path) => ownerOf(path.split(".")))).toEqual(
      ["gateway", "gateway", "plugins.allow", null, null, null],
    );
    expect([ownerOf(["models", "providers", "own", "models", 0, "id"]), ownerOf(["plugins", "load", 0]), ownerOf(["bindings", 0])]).toEqual(["models", "plugins.load", null]);
  });
});
