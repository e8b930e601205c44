import type { Uptime, UptimeParts } from "../api/uptime";

/** The worst that a day was; none where the bot was not kept. */
export type DayState = "unplanned" | "planned" | "off" | "up" | "none";

export const stateOf = ({ heldSeconds, upSeconds, plannedSeconds, unplannedSeconds }: UptimeParts): DayState =>
  unplannedSeconds > 0 ? "unplanned"
  : plannedSeconds > 0 ? "planned"
  : upSeconds > 0 ? "up"
  : heldSeconds > 0 ? "off"
  : "none";

export interface Day {
  date: string;
  state: DayState;
  parts: UptimeParts;
}

export const days = ({ days: all }: Uptime): Day[] => all.map(({ date, parts }) => ({ date, state: stateOf(parts), parts }));

export type Verdict = "kept" | "so-far" | "broken" | "breaking" | "nothing";

/** A month that is not over can still become another one. */
export function verdict({ uptimePercent, kept, to, month }: Uptime): Verdict {
  const isOver = !to.startsWith(month);
  return uptimePercent === null ? "nothing" : kept ? (isOver ? "kept" : "so-far") : isOver ? "broken" : "breaking";
}
