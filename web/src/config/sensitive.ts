import { isObject } from "./json";
import { isSecretName } from "./secretish";
import type { Setting } from "./settings";

/** Whether its value is taken as a reference to where it is kept: by the form that all references have. */
const takesReference = ({ ways }: Setting) =>
  ways.some((way) => way.some(({ properties }) => isObject(properties) && ["source", "provider", "id"].every((name) => Object.hasOwn(properties, name))));

const says = ({ ways }: Setting) =>
  ways.some((way) => way.some((schema) => schema["format"] === "password" || schema["writeOnly"] === true || schema["x-sensitive"] === true || schema["sensitive"] === true));

export type Secrecy = "reference" | "plain" | null;

/** What is a secret and goes to the vault, what is one and can go nowhere, and what is none. A switch, a number or one of a few is none. */
export function secrecyOf(setting: Setting): Secrecy {
  if (takesReference(setting)) return "reference";
  const { kind } = setting.control;
  return says(setting) || ((kind === "text" || kind === "list") && isSecretName(setting.path)) ? "plain" : null;
}
