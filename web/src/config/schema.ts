import { isObject, type Json } from "./json";

/** A JSON schema, as far as it is read here. */
export type Schema = { [keyword: string]: Json };

export type Path = readonly (string | number)[];

/** A path as people write it, and as the API does: agents.list[0].name. */
export const idOf = (path: Path) => path.map((part, at) => (typeof part === "number" ? `[${part}]` : at === 0 ? part : `.${part}`)).join("");

/** The path that the API means. A name with a dot in it is more than one. */
export const pathOf = (id: string): Path => id.split(/\.|(?=\[\d+\])/).map((part) => (/^\[\d+\]$/.test(part) ? Number(part.slice(1, -1)) : part));

/** What is said of a place in a config. */
export interface About {
  title: string | null;
  text: string | null;
  /** What it takes, in JSON's words: "string", "list of numbers"; none where anything goes. */
  takes: readonly string[];
  /** All that it may be, where the release says so. */
  values: readonly Json[];
}

export interface Member {
  name: string;
  title: string | null;
  text: string | null;
}

export const depthMax = 8;

export const objects = (value: Json | undefined): Schema[] => (Array.isArray(value) ? value.filter(isObject) : isObject(value) ? [value] : []);

export const text = (value: Json | undefined) => (typeof value === "string" && value !== "" ? value : null);

const has = (schema: Schema, keyword: string): schema is Schema => Object.hasOwn(schema, keyword);

/** All that a schema offers: itself, what it refers to, and its alternatives. */
function offers(root: Schema, schema: Schema, depth = 0): Schema[] {
  if (depth > depthMax) return [];
  const inner = [...objects(refersTo(root, schema["$ref"])), ...objects(schema["anyOf"]), ...objects(schema["oneOf"]), ...objects(schema["allOf"])];
  return [schema, ...inner.flatMap((one) => offers(root, one, depth + 1))];
}

export function refersTo(root: Schema, ref: Json | undefined): Json | undefined {
  if (typeof ref !== "string" || !ref.startsWith("#")) return undefined;
  const names = ref.slice(1).split("/").filter((name) => name !== "");
  return names.reduce<Json | undefined>((at, name) => (isObject(at) ? at[name.replaceAll("~1", "/").replaceAll("~0", "~")] : undefined), root);
}

/** The schemas of a place: several where there are alternatives on the way, none where the release knows no such place. */
export function schemasAt(root: Schema, path: Path): Schema[] {
  return path.reduce<Schema[]>((at, name) => at.flatMap((schema) => inside(schema, name)).flatMap((one) => offers(root, one)), offers(root, root));
}

export function inside(schema: Schema, name: string | number): Schema[] {
  if (typeof name === "number") {
    const items = schema["items"];
    return Array.isArray(items) ? objects(items[name]) : objects(items);
  }
  const properties = schema["properties"];
  return isObject(properties) && Object.hasOwn(properties, name) ? objects(properties[name]) : objects(schema["additionalProperties"]);
}

/** Whether the release refuses it: nothing there knows the name, and nothing takes names that it does not know. */
export function isUnknown(root: Schema, path: Path): boolean {
  const name = path.at(-1);
  if (typeof name !== "string") return false;
  const around = schemasAt(root, path.slice(0, -1)).filter((schema) => has(schema, "properties") || has(schema, "additionalProperties"));
  return around.length > 0 && around.every((schema) => schema["additionalProperties"] === false && inside(schema, name).length === 0);
}

const words: Readonly<Record<string, string>> = { object: "object", array: "list", boolean: "true or false", integer: "whole number", null: "null" };

export const types = (schema: Schema) => [schema["type"]].flat().filter((type) => typeof type === "string");

const word = (type: string) => words[type] ?? type;

function takes(root: Schema, schema: Schema): string[] {
  const of = new Set(objects(schema["items"]).flatMap((item) => offers(root, item)).flatMap(types).map(word));
  return types(schema).map((type) => (type === "array" && of.size > 0 ? `list of: ${[...of].join(", ")}` : word(type)));
}

function values(schema: Schema): Json[] {
  if (has(schema, "const")) return [schema["const"] as Json];
  if (Array.isArray(schema["enum"])) return schema["enum"];
  return schema["type"] === "boolean" ? [true, false] : [];
}

export const unique = <T>(all: readonly T[]) => [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];

/** Null for a place that the release does not know. */
export function aboutOf(root: Schema, path: Path): About | null {
  const all = schemasAt(root, path);
  if (all.length === 0) return null;
  const says = (keyword: string) => all.map((schema) => text(schema[keyword])).find((said) => said !== null) ?? null;
  // Alternatives to a fixed value are not all that it may be.
  const open = all.some((schema) => has(schema, "type") && schema["type"] !== "boolean" && values(schema).length === 0);
  return {
    title: says("title"),
    text: says("description"),
    takes: unique(all.filter((schema) => !has(schema, "const") && !has(schema, "enum")).flatMap((schema) => takes(root, schema))),
    values: open ? [] : unique(all.flatMap(values)),
  };
}

/** What can be written at a place, whether or not there is more that can. */
export const valuesOf = (root: Schema, path: Path): Json[] => unique(schemasAt(root, path).flatMap(values));

/** The names that a place knows, in the release's order. */
export function membersOf(root: Schema, path: Path): Member[] {
  const known = new Map<string, Member>();
  for (const schema of schemasAt(root, path)) {
    const properties = schema["properties"];
    if (!isObject(properties)) continue;
    for (const [name, inner] of Object.entries(properties)) {
      if (known.has(name) || !isObject(inner)) continue;
      const all = offers(root, inner);
      const says = (keyword: string) => all.map((one) => text(one[keyword])).find((said) => said !== null) ?? null;
      known.set(name, { name, title: says("title"), text: says("description") });
    }
  }
  return [...known.values()];
}
