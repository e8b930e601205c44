import { useEffect, useRef, useState } from "react";
import { Problem } from "../api/problems";
import { backoff, follow } from "../live/stream";
import { joined, type Line } from "./lines";

export interface Tail {
  lines: readonly Line[];
  mode: "connecting" | "live" | "hidden" | "again";
  problem: Problem | null;
  /** The server left lines out between two that are here. */
  gap: boolean;
}

const isLine = (data: unknown): data is Line =>
  typeof data === "object" && data !== null && "id" in data && "text" in data && typeof data.id === "string" && typeof data.text === "string";

/** Follows what a bot writes for as long as somebody can see it: an account has few streams. */
export function useTail(id: string) {
  const [tail, setTail] = useState<Tail>({ lines: [], mode: "connecting", problem: null, gap: false });
  const [turn, setTurn] = useState(0);
  const place = useRef<string | null>(null);

  useEffect(() => {
    const end = new AbortController();
    let waiting: Line[] = [];
    let frame = 0;
    const set = (part: Partial<Tail>) => setTail((before) => ({ ...before, ...part }));
    // A thousand lines that come at once are one change of the page.
    const flush = () => {
      const some = waiting;
      waiting = [];
      frame = 0;
      setTail((before) => ({ ...before, lines: joined(before.lines, some) }));
    };

    const run = async () => {
      for (let failures = 0; !end.signal.aborted; ) {
        if (document.visibilityState === "hidden") {
          set({ mode: "hidden" });
          await visible(end.signal);
          continue;
        }
        const hidden = new AbortController();
        const hide = () => document.visibilityState === "hidden" && hidden.abort();
        document.addEventListener("visibilitychange", hide);
        try {
          await follow(`/api/deployments/${id}/logs/stream`, {
            after: place.current,
            signal: AbortSignal.any([end.signal, hidden.signal]),
            onOpen: () => {
              failures = 0;
              set({ mode: "live", problem: null });
            },
            onEvent: ({ id: at, data }) => {
              if (at) place.current = at;
              if (!isLine(data)) set({ gap: true });
              else {
                waiting.push(data);
                frame ||= requestAnimationFrame(flush);
              }
            },
          });
        } catch (fault) {
          if (end.signal.aborted) return;
          if (hidden.signal.aborted) continue;
          failures += 1;
          const problem = Problem.of(fault);
          // An id that is not taken any more would be refused for ever.
          if (problem.status === 400) place.current = null;
          const said = problem.status > 0 ? problem : Problem.unreachable();
          set({ mode: "again", ...(failures > 2 || (problem.status >= 400 && problem.status < 500) ? { problem: said } : {}) });
          await rest(backoff(failures), end.signal);
        } finally {
          document.removeEventListener("visibilitychange", hide);
        }
      }
    };
    void run();
    return () => {
      end.abort();
      cancelAnimationFrame(frame);
    };
    // oxlint-disable-next-line react/exhaustive-deps -- a turn is one more try, by a press
  }, [id, turn]);

  return {
    ...tail,
    again: () => setTurn((now) => now + 1),
    /** Older lines that were asked for. */
    add: (lines: readonly Line[]) => setTail((before) => ({ ...before, lines: joined(lines, before.lines) })),
  };
}

const rest = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });

const visible = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const look = () => {
      if (document.visibilityState === "hidden" && !signal.aborted) return;
      document.removeEventListener("visibilitychange", look);
      resolve();
    };
    document.addEventListener("visibilitychange", look);
    signal.addEventListener("abort", look, { once: true });
  });
