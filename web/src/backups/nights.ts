import type { Backup } from "../api/backups";

export interface Night {
  /** Midnight that the day begins with, here. */
  day: number;
  kept: Backup[];
  state: "proven" | "kept" | "none" | "waiting" | "before";
}

/** The last days, oldest first. A day without a backup had none, or it is not kept any more: the list cannot tell. */
export function nights(backups: readonly Backup[], now: number, since: number, count = 30): Night[] {
  const today = new Date(now);
  return Array.from({ length: count }, (_, index) => {
    const back = count - 1 - index;
    // By the calendar and not by hours: some days have 23 or 25 of them.
    const day = new Date(today.getFullYear(), today.getMonth(), today.getDate() - back).getTime();
    const next = new Date(today.getFullYear(), today.getMonth(), today.getDate() - back + 1).getTime();
    const kept = backups.filter(({ at, deleted }) => deleted === null && Date.parse(at) >= day && Date.parse(at) < next);
    const state = kept.some((one) => one.proven !== null) ? "proven"
      : kept.length > 0 ? "kept"
      : next <= since ? "before"
      : back === 0 ? "waiting"
      : "none";
    return { day, kept, state };
  });
}
