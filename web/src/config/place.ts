import { isObject, type Json, type JsonObject } from "./json";
import type { Path } from "./schema";

type Part = Json | undefined;

/** Whether a place is inside of what stands at the other. */
export const isBelow = (path: Path, other: Path) => path.length > other.length && other.every((part, at) => path[at] === part);

const inner = (value: Part, name: string | number): Part => {
  if (typeof name === "number") return Array.isArray(value) ? value[name] : undefined;
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
};

/** What stands there; undefined for nothing. */
export const valueAt = (config: JsonObject, path: Path): Part => path.reduce<Part>(inner, config);

/** The same with the value in its place. What is missing on the way is made, and what stands in the way gives way. */
export const withValue = (config: JsonObject, path: Path, value: Json): JsonObject => put(config, path, value) as JsonObject;

function put(at: Part, [name, ...rest]: Path, value: Json): Json {
  if (name === undefined) return value;
  const next = put(inner(at, name), rest, value);
  if (typeof name === "string") return { ...(isObject(at) ? at : {}), [name]: next };
  const list = Array.isArray(at) ? [...at] : [];
  // A list has no holes.
  list[Math.min(name, list.length)] = next;
  return list;
}

/** The same with an entry of a list at another place in it. */
export function moved(config: JsonObject, path: Path, from: number, to: number): JsonObject {
  const list = valueAt(config, path);
  const entry = Array.isArray(list) ? list[from] : undefined;
  return !Array.isArray(list) || entry === undefined ? config : withValue(config, path, list.toSpliced(from, 1).toSpliced(to, 0, entry));
}

/** Whether it goes when it is empty. Of a list only the last entry can go without another getting its place. */
const goes = (config: JsonObject, path: Path, was: JsonObject) => {
  const last = path.at(-1);
  const list = valueAt(config, path.slice(0, -1));
  return last !== undefined && (!Array.isArray(list) || last === list.length - 1) && valueAt(was, path) === undefined;
};

/** The same without what stands there. What is empty after that goes too, unless it was there before anybody typed: to set something and to
 * take it away again is no change, and what was there may mean something even when it is empty. */
export function without(config: JsonObject, path: Path, was: JsonObject): JsonObject {
  const last = path.at(-1);
  const around = path.slice(0, -1);
  const parent = valueAt(config, around);
  if (last === undefined || inner(parent, last) === undefined) return config;
  const left = Array.isArray(parent)
    ? parent.filter((_, at) => at !== last)
    : Object.fromEntries(Object.entries(parent as JsonObject).filter(([name]) => name !== last));
  const isEmpty = Object.keys(left).length === 0;
  if (isEmpty && goes(config, around, was)) return without(config, around, was);
  return around.length === 0 ? (left as JsonObject) : withValue(config, around, left);
}
