import { type Control, controlOf } from "./control";
import { isObject, type Json, type JsonObject } from "./json";
import { idOf, type Path, type Schema } from "./schema";
import { namesIn, said, takesOwnNames, type Way, waysAt, waysInside, waysOf } from "./ways";

/** A place that something can be set at, or that holds such places. */
export interface Setting {
  path: Path;
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
export const hidden: ReadonlySet<string> = new Set(["$schema", "$include"]);

export const nameOf = ({ path }: Pick<Setting, "path">) => String(path.at(-1) ?? "");

export function settingOf(root: Schema, path: Path, ways: readonly Way[]): Setting {
  return { path, id: idOf(path), title: said(ways, "title"), text: said(ways, "description"), ways, control: controlOf(root, ways) };
}

/** Null for what the release does not know. */
export function settingAt(root: Schema, path: Path): Setting | null {
  const ways = path.reduce<Way[]>((at, name) => waysInside(root, at, name), waysOf(root, root));
  return ways.length === 0 ? null : settingOf(root, path, ways);
}

/** What a group has: the release's names, then those that the config has of its own, and `more` of them. Those stand by the alphabet, so that none
 * moves when it is set. */
export function membersOf(root: Schema, { path, ways }: Pick<Setting, "path" | "ways">, value: Json | undefined, more: readonly string[] = []): Setting[] {
  const own = takesOwnNames(ways) ? [...(isObject(value) ? Object.keys(value) : []), ...more].toSorted() : [];
  const names = [...new Set([...namesIn(ways), ...own])].filter((name) => !hidden.has(name));
  return names.map((name) => settingOf(root, [...path, name], waysInside(root, ways, name)));
}

/** Whether it is there because somebody gave it a name, or put it into a list. */
export const isOwn = (root: Schema, path: Path) => {
  const last = path.at(-1);
  return typeof last === "number" || (last !== undefined && !namesIn(waysAt(root, path.slice(0, -1))).includes(last));
};

/** What stands inside: by name in a group, by number in a list of such. */
function partsOf({ kind }: Control, value: Json | undefined): [string | number, Json][] {
  if (kind === "group" && isObject(value)) return Object.entries(value);
  return kind === "items" && Array.isArray(value) ? value.map((inner, at) => [at, inner]) : [];
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

/** The places in a config whose names are its owner's, and the entries of its lists. */
export function ownPlacesIn(root: Schema, config: JsonObject): Setting[] {
  const look = (value: Json | undefined, at: Setting): Setting[] => {
    const given = new Set<string | number>(namesIn(at.ways));
    return partsOf(at.control, value).flatMap(([name, inner]) => {
      const one = settingOf(root, [...at.path, name], waysInside(root, at.ways, name));
      return one.ways.length === 0 ? [] : [...(given.has(name) ? [] : [one]), ...look(inner, one)];
    });
  };
  return look(config, whole(root));
}

/** What a config sets, each with the path to it. What the release does not know is among it. */
export function setIn(root: Schema, config: JsonObject): Path[] {
  const look = (value: Json, path: Path, ways: readonly Way[]): Path[] => {
    const parts = typeof value === "object" ? partsOf(controlOf(root, ways), value) : [];
    if (parts.length === 0) return path.length === 0 ? [] : [path];
    return parts.flatMap(([name, inner]) => look(inner, [...path, name], waysInside(root, ways, name)));
  };
  return look(config, [], waysOf(root, root));
}
