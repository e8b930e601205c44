import type { Patch, Seen } from "../api/config";
import { isObject, patchOf, same } from "./json";
import { hidden } from "./secretish";
import type { Settings } from "./threeWay";

export const settingsIn = ({ config }: Seen, plan: string): Settings => ({
  model: config.model ?? "",
  instructions: config.instructions ?? "",
  telegram: config.telegram,
  plan,
  config: isObject(config.config) ? config.config : {},
});

/** What has to be sent for the one to become the other. */
export function patchBetween(was: Settings, mine: Settings, token: string, why: string): Patch {
  const own = Object.keys(mine.config).length === 0 ? null : patchOf(was.config, mine.config);
  return {
    ...(mine.model === was.model ? {} : { model: mine.model || null }),
    ...(mine.instructions === was.instructions ? {} : { instructions: mine.instructions || null }),
    ...(same(was.config, mine.config) ? {} : { config: own }),
    ...(mine.telegram === was.telegram ? {} : { telegram: mine.telegram }),
    ...(mine.telegram && token !== "" ? { telegramToken: token } : {}),
    ...(mine.plan === was.plan ? {} : { plan: mine.plan }),
    ...(why.trim() === "" ? {} : { why: why.trim() }),
  };
}

/** Whether it asks for anything. */
export const changes = ({ why: _why, ...patch }: Patch) => Object.keys(patch).length;

/** For a command that is copied, pasted and kept. */
export const shown = ({ telegramToken, config, ...patch }: Patch) => ({
  ...patch,
  ...(config === undefined ? {} : { config: config === null ? null : hidden(config as Settings["config"]) }),
  ...(telegramToken === undefined ? {} : { telegramToken: "…" }),
});

