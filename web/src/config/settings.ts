import { type Control, controlOf } from "./control";
import { isObject, type Json, type JsonObject } from "./json";
import type { Schema } from "./schema";
import { namesIn, said, takesOwnNames, type Way, waysInside, waysOf } from "./ways";

/** A place that something can be set at, or that holds such places. */
export interface Setting {
  path: readonly string[];
  /** The path as people write it. */
  id: string;
  title: string | null;
  text: string | null;
  ways: readonly Way[];
  control: Control;
}

/** As deep as anybody goes. */
const depthMax = 12;

/** Takes in files, which could hold anything: no place of its own. */
const hidden = new Set(["$schema", "$include"]);

export const nameOf = ({ path }: Pick<Setting, "path">) => path.at(-1) ?? "";

function settingOf(root: Schema, path: readonly string[], ways: readonly Way[]): Setting {
  return { path, id: path.join("."), title: said(ways, "title"), text: said(ways, "description"), ways, control: controlOf(root, ways) };
}

/** Null for what the release does not know. */
export function settingAt(root: Schema, path: readonly string[]): Setting | null {
  const ways = path.reduce<Way[]>((at, name) => waysInside(root, at, name), waysOf(root, root));
  return ways.length === 0 ? null : settingOf(root, path, ways);
}

/** What a group has: the release's names, then those that the config has of its own. */
export function membersOf(root: Schema, { path, ways }: Pick<Setting, "path" | "ways">, value: Json | undefined): Setting[] {
  const own = isObject(value) && takesOwnNames(ways) ? Object.keys(value) : [];
  const names = [...new Set([...namesIn(ways), ...own])].filter((name) => !hidden.has(name));
  return names.map((name) => settingOf(root, [...path, name], waysInside(root, ways, name)));
}

/** Whether one of its schemas is one of those around it: it would go on for ever. */
const isInItself = ({ ways }: Setting, around: readonly (readonly Way[])[]) =>
  around.some((outer) => outer.some((way) => way.some((schema) => ways.some((inner) => inner.includes(schema)))));

/** All that is inside, as far as its names are the release's own. */
export function* inside(root: Schema, from: Setting, around: readonly (readonly Way[])[] = [from.ways]): Generator<Setting> {
  if (from.control.kind !== "group" || from.path.length >= depthMax) return;
  for (const one of membersOf(root, from, undefined)) {
    if (isInItself(one, around)) continue;
    yield one;
    yield* inside(root, one, [...around, one.ways]);
  }
}

export const whole = (root: Schema): Setting => settingOf(root, [], waysOf(root, root));

/** The places in a config whose names are its owner's. */
export function ownPlacesIn(root: Schema, config: JsonObject): Setting[] {
  const look = (value: Json | undefined, at: Setting): Setting[] => {
    if (!isObject(value) || at.control.kind !== "group") return [];
    const given = new Set(namesIn(at.ways));
    return Object.entries(value).flatMap(([name, inner]) => {
      const one = settingOf(root, [...at.path, name], waysInside(root, at.ways, name));
      return one.ways.length === 0 ? [] : [...(given.has(name) ? [] : [one]), ...look(inner, one)];
    });
  };
  return look(config, whole(root));
}

/** What a config sets, each with the path to it. What the release does not know is among it. */
export function setIn(root: Schema, config: JsonObject): string[][] {
  const look = (value: Json, path: string[], ways: readonly Way[]): string[][] =>
    isObject(value) && Object.keys(value).length > 0 && controlOf(root, ways).kind === "group"
      ? Object.entries(value).flatMap(([name, inner]) => look(inner, [...path, name], waysInside(root, ways, name)))
      : path.length === 0 ? [] : [path];
  return look(config, [], waysOf(root, root));
}
