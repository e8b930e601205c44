import type { Head } from "./verify";

/** The end of the chain as this browser saw it, and when. */
export interface KeptHead extends Head {
  at: string;
}

const place = (deployment: string) => `launchpad.record.${deployment}`;

export function keptHead(deployment: string): KeptHead | null {
  try {
    const found = JSON.parse(localStorage.getItem(place(deployment)) ?? "null") as Partial<KeptHead> | null;
    return typeof found?.sequence === "number" && typeof found.hash === "string" && typeof found.at === "string" ? (found as KeptHead) : null;
  } catch {
    return null;
  }
}

export function keepHead(deployment: string, { sequence, hash }: Head) {
  try {
    localStorage.setItem(place(deployment), JSON.stringify({ sequence, hash, at: new Date().toISOString() } satisfies KeptHead));
  } catch {
    // Without storage each visit proves the chain, and none the visits before.
  }
}
