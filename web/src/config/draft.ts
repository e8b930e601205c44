import { isObject, read } from "./json";
import { mayHoldSecret } from "./secretish";
import type { Settings } from "./threeWay";

/** What is typed: as it stands in the fields. The token is beside it, since nothing may keep it. */
export interface Draft extends Omit<Settings, "config"> {
  /** The text of the editor, which need not be JSON yet. */
  config: string;
  why: string;
}

/** A draft and what it is a change of. */
export interface Kept {
  was: Settings;
  draft: Draft;
}

const place = (id: string) => `launchpad.draft.config.${id}`;

/** Instructions and config may have a key pasted in: what looks like it is left out of what is kept. */
export function keep(id: string, kept: Kept | null) {
  try {
    if (kept === null) sessionStorage.removeItem(place(id));
    else sessionStorage.setItem(place(id), JSON.stringify({ was: kept.was, draft: withoutSecrets(kept.draft) }));
  } catch {
    // A full or forbidden storage costs the draft after a reload, and nothing now.
  }
}

export function recall(id: string): Kept | null {
  try {
    const found: unknown = JSON.parse(sessionStorage.getItem(place(id)) ?? "null");
    if (!isObject(found) || !isObject(found["was"]) || !isObject(found["draft"])) return null;
    const kept = found as unknown as { was: Settings; draft: Partial<Draft> };
    const { model, instructions, telegram, plan, config } = kept.was;
    if (![model, instructions, plan].every((one) => typeof one === "string") || typeof telegram !== "boolean" || !isObject(config)) return null;
    return { was: kept.was, draft: { ...begin(kept.was, JSON.stringify(config, null, 2)), ...kept.draft } };
  } catch {
    return null;
  }
}

function withoutSecrets(draft: Draft): Partial<Draft> {
  const { config, instructions, why, ...rest } = draft;
  return {
    ...rest,
    ...(mayHoldSecret(config) ? {} : { config }),
    ...(mayHoldSecret(JSON.stringify(instructions)) ? {} : { instructions }),
    ...(mayHoldSecret(JSON.stringify(why)) ? {} : { why }),
  };
}

export const begin = (was: Settings, config: string): Draft => ({
  model: was.model, instructions: was.instructions, telegram: was.telegram, plan: was.plan, config, why: "",
});

/** The settings that a draft asks for; null while its config is no JSON. */
export function settingsOf({ model, instructions, telegram, plan, config }: Draft): Settings | null {
  const typed = read(config);
  return typed.ok ? { model, instructions, telegram, plan, config: typed.value } : null;
}
