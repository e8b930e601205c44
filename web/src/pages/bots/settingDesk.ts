import type { Problem } from "../../api/problems";
import type { Fault } from "../../config/limits";
import type { Json, JsonObject } from "../../config/json";
import type { Path, Schema } from "../../config/schema";
import { hidden, isSecretName } from "../../config/secretish";
import { settings as words } from "../../texts/config";

/** What a setting is looked at and changed with. The draft that it changes is the page's one. */
export interface Desk {
  bot: string;
  schema: Schema;
  config: JsonObject;
  was: JsonObject;
  /** The JSON cannot be read, so nothing can be put into it. */
  isLocked: boolean;
  problem: Problem | null;
  set: (path: Path, value: Json) => void;
  remove: (path: Path) => void;
  /** With all that is inside; it can be put back until something else is changed. */
  takeOut: (path: Path) => void;
  /** An entry of the list at a path. */
  move: (path: Path, from: number, to: number) => void;
  /** `instead` of the level that is open: it is none to come back to. */
  toGroup: (path: Path, instead?: boolean) => void;
  toJson: (path: Path) => void;
}

const isPlain = (value: Json) => typeof value !== "object";

const isReference = (value: Json) => typeof value === "object" && value !== null && !Array.isArray(value) && typeof value["source"] === "string";

/** A value in a line. What may be a secret is not shown. */
export function shownValue(value: Json, path: Path): string {
  if (isReference(value)) return words.vault;
  const open = hidden(value, isSecretName(path));
  if (typeof open === "string") return open === "" ? '""' : open;
  return Array.isArray(open) && open.length > 0 && open.every(isPlain) ? open.join(", ") : JSON.stringify(open);
}

export const plainly = (value: Json) => (typeof value === "string" ? value : JSON.stringify(value));

export function faultText(fault: Fault): string {
  switch (fault.rule) {
    case "line": return words.fault.line(fault.line, faultText(fault.fault));
    case "values": return words.fault.values(fault.values.map(plainly));
    case "whole": case "empty": case "pattern": case "uri": case "email": return words.fault[fault.rule];
    default: return words.fault[fault.rule](fault.limit);
  }
}
