import { isObject, type Json } from "./json";
import { type Fault, faultIn, type Limits, limitsOf, type NumberLimits, numberLimitsOf, type Size } from "./limits";
import { objects, types, unique } from "./schema";
import { isReference, type Way, waysInside } from "./ways";
import type { Schema } from "./schema";

/** What a setting is set by. */
export type Control =
  | { kind: "switch" }
  | { kind: "choice"; values: readonly Json[] }
  | { kind: "number"; limits: NumberLimits }
  /** `ways` are the texts that it takes, each with its limits; `values` those that mean something of their own. */
  | { kind: "text"; ways: readonly Limits[]; values: readonly string[] }
  /** Of texts. No `item` where any text will do. */
  | ({ kind: "list"; item: { ways: readonly Limits[]; values: readonly string[] } } & Size)
  /** Settings of its own. */
  | { kind: "group" }
  /** Of entries that have settings of their own. */
  | ({ kind: "items" } & Size)
  /** Too free for anything but the editor. */
  | { kind: "json" };

interface Shape {
  type: string;
  /** All that it may be; null for anything of its type. */
  values: readonly Json[] | null;
  way: Way;
}

const isPlain = (value: Json): value is string | number | boolean => ["string", "number", "boolean"].includes(typeof value);

/** A way takes each of its types; null is none, since a merge patch cannot set it. */
function shapesOf(way: Way): Shape[] {
  const fixed = way.find((schema) => Object.hasOwn(schema, "const") || Array.isArray(schema["enum"]));
  if (fixed) {
    const values = (Object.hasOwn(fixed, "const") ? [fixed["const"] as Json] : (fixed["enum"] as Json[])).filter((value) => value !== null);
    return values.length === 0 ? [] : [{ type: "fixed", values, way }];
  }
  const named = way.map(types).find((all) => all.length > 0) ?? (way.some((schema) => isObject(schema["properties"])) ? ["object"] : ["anything"]);
  // What takes text and the rest of plain values is a text: whoever sets it in JSON may write true for "true".
  const taken = named.filter((type) => type !== "null" && (type !== "boolean" || !named.includes("string")));
  return taken.map((type) => ({ type, values: type === "boolean" ? [true, false] : null, way }));
}

const json: Control = { kind: "json" };

const isGroup = ({ type, way }: Shape) =>
  type === "object" && way.some((schema) => isObject(schema["properties"]) || isObject(schema["additionalProperties"])) && !isReference(way);

/** Whether it is opened, to see what is inside. */
export const opens = ({ kind }: Control) => kind === "group" || kind === "items";

/** @param isItem Of a list: a list of lists, which could go on for ever, is the editor's. */
export function controlOf(root: Schema, ways: readonly Way[], isItem = false): Control {
  const shapes = ways.flatMap(shapesOf);
  const open = shapes.filter(({ values }) => values === null);
  const values = unique(shapes.flatMap((shape) => shape.values ?? []));
  const only = (...wanted: string[]) => open.length > 0 && open.every(({ type }) => wanted.includes(type));
  if (open.length === 0) {
    if (values.length === 0 || !values.every(isPlain)) return json;
    return values.length === 2 && values.every((value) => typeof value === "boolean") ? { kind: "switch" } : { kind: "choice", values };
  }
  if (open.some(({ type }) => type === "string") && only("string", "number", "integer") && values.every((value) => typeof value === "string")) {
    return { kind: "text", ways: open.filter(({ type }) => type === "string").map(({ way }) => limitsOf(way)), values };
  }
  if (values.length > 0) return json;
  if (only("number", "integer")) return { kind: "number", limits: numberLimitsOf(open.map(({ type, way }) => ({ isWhole: type === "integer", way }))) };
  // Of several kinds of a thing, each with its settings, the release tells which it is by what is set.
  if (open.every(isGroup)) return { kind: "group" };
  const [first] = open;
  return open.length === 1 && first?.type === "array" && !isItem ? listOf(root, first.way) : json;
}

function listOf(root: Schema, way: Way): Control {
  // Items that each have a place of their own are no list of the same.
  if (way.some((schema) => Array.isArray(schema["items"])) || way.every((schema) => objects(schema["items"]).length === 0)) return json;
  const item = controlOf(root, waysInside(root, [way], 0), true);
  const limit = (keyword: string) => way.map((schema) => schema[keyword]).find((value) => typeof value === "number") ?? null;
  const size = { min: limit("minItems"), max: limit("maxItems") };
  if (item.kind === "group") return { kind: "items", ...size };
  if (item.kind === "text") return { kind: "list", item, ...size };
  return item.kind === "choice" && item.values.every((value) => typeof value === "string") ? { kind: "list", item: { ways: [], values: item.values }, ...size } : json;
}

/** Why a list of so many entries can have none less; null where it can. */
export const tooFew = (control: Control, count: number): Fault | null => (control.kind === "items" ? faultIn.size({ ...control, max: null }, count - 1) : null);

export const tooMany = (control: Control, count: number): Fault | null => (control.kind === "items" ? faultIn.size({ ...control, min: null }, count + 1) : null);

/** Whether what stands there can be shown by it. */
export function fits(control: Control, value: Json | undefined): boolean {
  if (value === undefined) return true;
  switch (control.kind) {
    case "switch": return typeof value === "boolean";
    case "choice": return isPlain(value);
    case "number": return typeof value === "number";
    case "text": return typeof value === "string" || typeof value === "number";
    case "list": return Array.isArray(value) && value.every((one) => (typeof one === "string" && one !== "" && !/^\s|\s$|\n/.test(one)) || typeof one === "number");
    case "group": return isObject(value);
    case "items": return Array.isArray(value);
    case "json": return true;
  }
}

/** What is wrong with a value that fits; null where nothing is. */
export function wrongIn(control: Control, value: Json): Fault | null {
  switch (control.kind) {
    case "choice": return control.values.includes(value) ? null : { rule: "values", values: control.values };
    case "number": return typeof value === "number" ? faultIn.number(control.limits, value) : null;
    case "text": return typeof value === "string" ? faultIn.text(control, value) : null;
    case "list": return Array.isArray(value) ? faultIn.list(control, value) : null;
    case "items": return Array.isArray(value) ? faultIn.size(control, value.length) : null;
    default: return null;
  }
}
