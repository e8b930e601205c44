import { isObject, type Json } from "./json";
import type { Path } from "./schema";
import { hidden, isSecretName } from "./secretish";

/** The names under which things say what they are. */
const telling = ["id", "name", "title", "label"];

const lengthMax = 60;

/** What may be a secret tells nothing. */
function plain(value: Json | undefined, path: Path): string | null {
  if (typeof value !== "string" && typeof value !== "number") return null;
  const open = String(hidden(value, isSecretName(path))).trim();
  return open === "" || open === "…" ? null : open;
}

/** An entry of a list in a few words, made of what it says of itself; null where it says nothing. */
export function summaryOf(entry: Json | undefined, path: Path): string | null {
  if (!isObject(entry)) return plain(entry, path);
  const said = (names: readonly string[]) => names.flatMap((name) => (Object.hasOwn(entry, name) ? (plain(entry[name], [...path, name]) ?? []) : []));
  const own = said(telling);
  const words = [...new Set(own.length > 0 ? own : said(Object.keys(entry)))].slice(0, 2).join(", ");
  return words.length > lengthMax ? `${words.slice(0, lengthMax - 1)}…` : words || null;
}
