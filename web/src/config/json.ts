export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type JsonObject = { [name: string]: Json };

export const isObject = (value: unknown): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether they mean the same; the order of members is none. */
export function same(one: unknown, other: unknown): boolean {
  if (isObject(one) && isObject(other)) {
    const names = Object.keys(one);
    return names.length === Object.keys(other).length && names.every((name) => Object.hasOwn(other, name) && same(one[name], other[name]));
  }
  if (Array.isArray(one) && Array.isArray(other)) return one.length === other.length && one.every((item, at) => same(item, other[at]));
  return one === other;
}

/** The RFC 7396 merge patch that makes the one of the other. */
export function patchOf(from: JsonObject, to: JsonObject): JsonObject {
  const gone = Object.keys(from).filter((name) => !Object.hasOwn(to, name)).map((name): [string, Json] => [name, null]);
  const other = Object.entries(to).flatMap(([name, value]): [string, Json][] => {
    const before = Object.hasOwn(from, name) ? from[name] : undefined;
    if (same(before, value)) return [];
    // An object in place of something else begins empty, so that it is its own patch.
    return [[name, isObject(before) && isObject(value) ? patchOf(before, value) : value]];
  });
  // Never by assignment, which a member called `__proto__` would not survive.
  return Object.fromEntries([...gone, ...other]);
}

/** Places that hold null: a merge patch cannot set one, since null takes away. */
export function nullsIn(value: Json, path: string[] = []): string[] {
  if (value === null) return [path.join(".")];
  return isObject(value) ? Object.entries(value).flatMap(([name, inner]) => nullsIn(inner, [...path, name])) : [];
}

export type Typed = { ok: true; value: JsonObject } | { ok: false; message: string };

/** What stands in the editor; nothing is the empty object. */
export function read(text: string): Typed {
  if (text.trim() === "") return { ok: true, value: {} };
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? { ok: true, value } : { ok: false, message: "It has to be an object: { … }" };
  } catch (fault) {
    return { ok: false, message: fault instanceof Error ? fault.message : String(fault) };
  }
}

/** How the editor shows a config. */
export const show = (config: unknown) => (isObject(config) && Object.keys(config).length > 0 ? `${JSON.stringify(config, null, 2)}\n` : "");
