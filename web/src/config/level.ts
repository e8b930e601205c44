import { opens, tooMany } from "./control";
import { isObject, type Json, type JsonObject } from "./json";
import { nameFault } from "./names";
import { valueAt } from "./place";
import type { Path, Schema } from "./schema";
import { type Setting, settingOf, whole } from "./settings";
import { namesIn, waysInside } from "./ways";

/** Whether it is there, or can be begun: under a name that can be given, or as the next entry of a list. */
function canBe(root: Schema, { control, ways }: Setting, value: Json | undefined, part: string | number): boolean {
  if (typeof part === "string") return namesIn(ways).includes(part) || (isObject(value) && Object.hasOwn(value, part)) || nameFault(root, ways, part) === null;
  if (control.kind !== "items" || (value !== undefined && !Array.isArray(value))) return false;
  const count = value?.length ?? 0;
  return Number.isInteger(part) && part >= 0 && (part < count || (part === count && tooMany(control, count) === null));
}

/** The level of the settings that a place is or is on, as near to it as there is one; null for the top. An address may say anything. */
export function levelAt(root: Schema, config: JsonObject, path: Path): Setting | null {
  let level = whole(root);
  for (const part of path) {
    const one = settingOf(root, [...level.path, part], waysInside(root, level.ways, part));
    if (one.ways.length === 0 || !opens(one.control) || !canBe(root, level, valueAt(config, level.path), part)) break;
    level = one;
  }
  return level.path.length === 0 ? null : level;
}
