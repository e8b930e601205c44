import { controlOf, wrongIn } from "./control";
import type { Fault } from "./limits";
import { objects, type Schema } from "./schema";
import { isKey } from "./secretish";
import { hidden } from "./settings";
import { takesOwnNames, type Way, waysOf } from "./ways";

export type NameFault = Fault | { rule: "nothing" | "edges" | "reserved" | "key" };

/** The texts that can be names in a place that is filled in this way. */
const textsOf = (root: Schema, way: Way) => waysOf(root, { type: "string", allOf: way.flatMap(({ propertyNames }) => objects(propertyNames)) });

/** What is wrong with a name that somebody gives; null for one that can stand there. */
export function nameFault(root: Schema, ways: readonly Way[], name: string): NameFault | null {
  if (name.trim() === "") return { rule: "nothing" };
  if (name !== name.trim()) return { rule: "edges" };
  if (hidden.has(name) || name === "__proto__") return { rule: "reserved" };
  // Names are shown, and stand in addresses.
  if (isKey(name)) return { rule: "key" };
  return wrongIn(controlOf(root, ways.filter((way) => takesOwnNames([way])).flatMap((way) => textsOf(root, way))), name);
}
