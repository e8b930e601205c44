import { isSecretName } from "./secretish";
import type { Setting } from "./settings";
import { isReference } from "./ways";

const says = ({ ways }: Setting) =>
  ways.some((way) => way.some((schema) => schema["format"] === "password" || schema["writeOnly"] === true || schema["x-sensitive"] === true || schema["sensitive"] === true));

export type Secrecy = "reference" | "plain" | null;

/** What is a secret and goes to the vault, what is one and can go nowhere, and what is none. A switch, a number or one of a few is none. */
export function secrecyOf(setting: Setting): Secrecy {
  if (setting.ways.some(isReference)) return "reference";
  const { kind } = setting.control;
  return says(setting) || ((kind === "text" || kind === "list") && isSecretName(setting.path)) ? "plain" : null;
}
