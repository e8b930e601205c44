import { isObject, read, type Json } from "./json";
import type { Path } from "./schema";

/** As shared/Secrets/SecretShapes.cs, though coarser: what is in doubt is not kept. */
const names = /tokens?$|passw(?:or)?d|passphrase|pwd$|secret|api.?key|(?:encrypt|private|access|signing|account).?key|credentials?$|authorization|cookie|bearer|service.?account/i;
const issued =
  /(?<![A-Za-z0-9])(?:(?:sk|rk)[-_][\w-]{16,}|xox[a-z]-[\w-]{10,}|gh[a-z]_\w{20,}|github_pat_\w{20,}|A(?:KIA|SIA)[A-Z0-9]{16}|AIza[\w-]{30,}|eyJ[\w-]{8,}\.[\w-]{8,}|[0-9]{6,20}:[\w-]{30,80})|-----BEGIN [A-Z0-9 ]*PRIVATE KEY|:\/\/[^\s/:@"]*:[^\s/@"]+@/;
const shapes = new RegExp(`${issued.source}|(?<![A-Za-z0-9+/_-]|sha256[:-])[A-Za-z0-9+/_-]{40,}`);

/** Whether it is in the form that issuers give their keys: nobody names anything so. */
export const isKey = (text: string) => issued.test(text);

/** The word for a credential and nothing else: all that is below one is part of it. */
const credentials = /^(?:token|password|passwd|passphrase|pwd|pin|secret|api.?key|private.?key|credential)s?$/i;
/** Says where a credential is, not what it is. */
const whereabouts = /(?:file|path|dir|env|envvar)$/i;

/** Whether what stands there is a secret by its names, whatever it looks like. */
export function isSecretName(path: Path): boolean {
  const all = path.filter((part) => typeof part === "string");
  const last = all.at(-1) ?? "";
  return all.some((name) => credentials.test(name)) || (names.test(last) && !whereabouts.test(last));
}

/** A reference to where a secret is kept is none. */
const isReference = (value: Json) => isObject(value) && typeof value["source"] === "string";

function has(value: Json, named: boolean): boolean {
  if (typeof value === "string") return (named && value !== "") || shapes.test(value);
  if (Array.isArray(value)) return value.some((item) => has(item, named));
  if (!isObject(value) || isReference(value)) return false;
  return Object.entries(value).some(([name, inner]) => has(inner, names.test(name)));
}

/** Whether a text that shall be stored may have a secret in it. */
export function mayHoldSecret(text: string): boolean {
  if (shapes.test(text)) return true;
  const typed = read(text);
  // Half a document has no structure to look at.
  return typed.ok ? has(typed.value, false) : names.test(text);
}

/** The same without values that may be secrets, for a command that is copied and kept. */
export function hidden(value: Json, named = false): Json {
  if (typeof value === "string") return has(value, named) ? "…" : value;
  if (Array.isArray(value)) return value.map((item) => hidden(item, named));
  if (!isObject(value) || isReference(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, hidden(inner, names.test(name))]));
}
