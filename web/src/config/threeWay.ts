import { isObject, same, type Json, type JsonObject } from "./json";

/** What of a bot's settings a person can set here; `config` is the bot's own. */
export interface Settings {
  model: string;
  instructions: string;
  telegram: boolean;
  plan: string;
  config: JsonObject;
}

export type Side = "mine" | "now";

/** One place where what was is not what all three say. */
export interface Difference {
  path: readonly string[];
  was: Json | undefined;
  mine: Json | undefined;
  now: Json | undefined;
  /** Both changed it, and not to the same. */
  conflict: boolean;
}

function* compare(path: string[], was: Json | undefined, mine: Json | undefined, now: Json | undefined): Generator<Difference> {
  if (same(was, mine) && same(was, now)) return;
  // What one of them took away as a whole is one place.
  if (isObject(mine) && isObject(now) && (was === undefined || isObject(was))) {
    const names = new Set([was ?? {}, mine, now].flatMap((one) => Object.keys(one)));
    for (const name of names) yield* compare([...path, name], own(was, name), own(mine, name), own(now, name));
    return;
  }
  yield { path, was, mine, now, conflict: !same(was, mine) && !same(was, now) && !same(mine, now) };
}

const own = (from: JsonObject | undefined, name: string) => (from && Object.hasOwn(from, name) ? from[name] : undefined);
const tree = ({ config, ...rest }: Settings): JsonObject => ({ ...rest, config });

/** Where the three differ: what somebody else did, what was typed here, and what both touched. */
export const differences = (was: Settings, mine: Settings, now: Settings): Difference[] => [...compare([], tree(was), tree(mine), tree(now))];

export const nameOf = ({ path }: Pick<Difference, "path">) => path.join(".");

/** What is taken of a place when nobody chose: what was typed, unless nothing was typed there. */
export const usual = ({ was, mine, now, conflict }: Difference): Side => (conflict || !same(was, mine) || same(mine, now) ? "mine" : "now");

/** What is now, with what was typed put into it, as chosen for each place. */
export function merged(now: Settings, all: readonly Difference[], chosen: ReadonlyMap<string, Side>): Settings {
  const mine = all.filter((one) => (chosen.get(nameOf(one)) ?? usual(one)) === "mine");
  return mine.reduce((result, one) => put(result, one.path, one.mine), structuredClone(tree(now))) as unknown as Settings;
}

/** Nothing is assigned by name: what somebody calls `__proto__` would be the prototype of everything. */
function put(at: JsonObject, [name, ...rest]: readonly string[], value: Json | undefined): JsonObject {
  if (name === undefined) return at;
  if (rest.length === 0) {
    return value === undefined
      ? Object.fromEntries(Object.entries(at).filter(([other]) => other !== name))
      : { ...at, [name]: structuredClone(value) };
  }
  const inner = Object.hasOwn(at, name) ? at[name] : undefined;
  return { ...at, [name]: put(isObject(inner) ? inner : {}, rest, value) };
}
