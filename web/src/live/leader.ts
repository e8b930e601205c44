import { Problem } from "../api/problems";
import { type Mode } from "./state";
import { backoff, follow } from "./stream";
import { topicOf, type Topic } from "./topics";

/** With an event comes its id: every tab keeps it, since each may be the next to hold the stream. */
export type Told = { topic: Topic | null; place: string | null } | { mode: Mode };

const failuresMax = 3;
const absentFor = 300_000;
export const place = "launchpad.live.after";

/** Holds the one stream of this browser for as long as this tab lives, and tells what comes. */
export async function lead(tell: (told: Told) => void, signal: AbortSignal): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      await follow("/api/events", {
        after: sessionStorage.getItem(place),
        signal,
        onOpen: () => {
          failures = 0;
          tell({ mode: "live" });
        },
        onEvent: ({ id, data }) => {
          tell({ topic: topicOf(data), place: id });
        },
      });
      await rest(250, signal);
    } catch (fault) {
      if (signal.aborted) return;
      failures += 1;
      const { status } = Problem.of(fault);
      const absent = status === 404;
      if (absent || failures >= failuresMax) tell({ mode: "polling" });
      // An id that the server does not take any more would be refused for ever.
      if (status === 400) sessionStorage.removeItem(place);
      await rest(absent ? absentFor : backoff(failures), signal);
    }
  }
}

/** Ends sooner when the signal does. */
export const rest = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
