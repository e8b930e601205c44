import { isObject, type Json } from "./json";
import { depthMax, inside, objects, type Path, refersTo, type Schema, text } from "./schema";

/** One way in which a place can be filled: schemas that all have to hold. Between several ways there is a choice. */
export type Way = readonly Schema[];

const waysMax = 64;

const both = (some: Way[], others: Way[]): Way[] => some.flatMap((one) => others.map((other) => [...one, ...other])).slice(0, waysMax);

/** None where a schema goes on without an end. */
export function waysOf(root: Schema, schema: Schema, depth = 0): Way[] {
  if (depth > depthMax) return [];
  const inner = (one: Schema) => waysOf(root, one, depth + 1);
  const musts = [...objects(refersTo(root, schema["$ref"])), ...objects(schema["allOf"])].map(inner);
  const choices = [objects(schema["anyOf"]), objects(schema["oneOf"])].filter((all) => all.length > 0).map((all) => all.flatMap(inner));
  return [...musts, ...choices].reduce<Way[]>(both, [[schema]]);
}

/** How what has this name can be filled, where what is around it is filled in one of these ways. */
export function waysInside(root: Schema, ways: readonly Way[], name: string | number): Way[] {
  return ways.flatMap((way) => {
    const parts = way.flatMap((schema) => inside(schema, name));
    if (parts.length > 0) return parts.map((part) => waysOf(root, part)).reduce(both);
    // Any name, with anything under it.
    return typeof name === "string" && way.some(({ additionalProperties }) => additionalProperties === true) ? [[{}]] : [];
  });
}

export const waysAt = (root: Schema, path: Path): Way[] => path.reduce<Way[]>((ways, name) => waysInside(root, ways, name), waysOf(root, root));

/** The names that the release itself gives, in its order. */
export const namesIn = (ways: readonly Way[]): string[] => [
  ...new Set(ways.flat().flatMap(({ properties }) => (isObject(properties) ? Object.keys(properties) : []))),
];

/** Whether whoever writes the config may give names of their own there. */
export const takesOwnNames = (ways: readonly Way[]) => ways.flat().some(({ additionalProperties }) => isObject(additionalProperties) || additionalProperties === true);

/** A reference to where a secret is kept, by the form that all of them have. */
export const isReference = (way: Way) => way.some(({ properties }) => isObject(properties) && ["source", "provider", "id"].every((name) => Object.hasOwn(properties, name)));

/** What is said of a place; the first that says anything. */
export const said = (ways: readonly Way[], keyword: "title" | "description") => ways.flat().map((schema) => text(schema[keyword])).find((one) => one !== null) ?? null;

/** What the release takes where nothing is set; undefined where it does not say. */
export const defaultIn = (ways: readonly Way[]): Json | undefined => ways.flat().find((schema) => Object.hasOwn(schema, "default"))?.["default"];
