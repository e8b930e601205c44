import type { Path } from "./schema";

/** As shared/Deployments/OwnConfig.cs: what keeps the bot reachable, confined and Launchpad's to run, with all that is below. */
export const owned: readonly string[] = [
  "gateway", "secrets", "models", "update", "telemetry", "proxy", "env", "plugins.allow", "plugins.load", "plugins.entries.memory-core",
  "browser.enabled", "agents.defaults.model.primary", "agents.defaults.skipBootstrap", "channels.telegram.enabled",
  "channels.telegram.tokenFile", "channels.telegram.botToken",
];

/** The place of Launchpad's that a setting is or is below; null for one that is the owner's. */
export function ownerOf(path: Path): string | null {
  const id = path.join(".");
  return owned.find((one) => id === one || id.startsWith(`${one}.`)) ?? null;
}
