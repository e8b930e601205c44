import { Problem } from "../api/problems";
import type { Feed } from "./feed";
import { type Mode } from "./state";
import { backoff, follow } from "./stream";

/** With an event comes its id: every tab keeps it, since each may be the next to hold the stream. */
export type Told<Topic> = { topic: Topic | null; place: string | null } | { mode: Mode };

const failuresMax = 3;
const absentFor = 300_000;

/** Holds the one stream of this browser for as long as this tab lives, and tells what comes. */
export async function lead<Topic>({ url, headers, name, topicOf }: Feed<Topic>, tell: (told: Told<Topic>) => void, signal: AbortSignal): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      await follow(url, {
        headers,
        after: place.get(name),
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
      if (absent || status === 401 || failures >= failuresMax) tell({ mode: "polling" });
      // An id that the server does not take any more would be refused for ever.
      if (status === 400) place.forget(name);
      await rest(absent ? absentFor : backoff(failures), signal);
    }
  }
}

/** The last event that this tab has heard of. */
export const place = {
  get: (name: string) => sessionStorage.getItem(`${name}.after`),
  keep: (name: string, id: string) => sessionStorage.setItem(`${name}.after`, id),
  forget: (name: string) => sessionStorage.removeItem(`${name}.after`),
};

/** Ends sooner when the signal does. */
const rest = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
