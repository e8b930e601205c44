import { onlineManager, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { Problem } from "../api/problems";
import { staffKeys, staffLive, staffTopics } from "../api/staff";
import { rest } from "../live/leader";
import type { Mode } from "../live/state";
import { backoff, follow } from "../live/stream";

type Topic = keyof typeof staffTopics;
type Told = { topic: Topic; place: string | null } | { mode: Mode };

const failuresMax = 3;
const place = "launchpad.staff.after";

// What goes on changes with every step of every bot: of many changes within this time one is read.
const gather = 1000;

const topicOf = (data: unknown): Topic | null => {
  const { topic } = (typeof data === "object" && data !== null ? data : {}) as { topic?: unknown };
  return typeof topic === "string" && topic in staffTopics ? (topic as Topic) : null;
};

async function lead(tell: (told: Told) => void, signal: AbortSignal): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      await follow("/api/staff/events", {
        after: sessionStorage.getItem(place),
        signal,
        onOpen: () => {
          failures = 0;
          tell({ mode: "live" });
        },
        onEvent: ({ id, data }) => {
          const topic = topicOf(data);
          if (topic !== null) tell({ topic, place: id });
        },
      });
      await rest(250, signal);
    } catch (fault) {
      if (signal.aborted) return;
      failures += 1;
      const { status } = Problem.of(fault);
      if (status === 401 || status === 404 || failures >= failuresMax) tell({ mode: "polling" });
      await rest(backoff(failures), signal);
    }
  }
}

/** Keeps the operators' pages true. Of all tabs of an operator one holds the stream and tells the others. */
export function useStaffLive(operator: string | undefined) {
  const queries = useQueryClient();
  useEffect(() => {
    if (operator === undefined) return undefined;
    const end = new AbortController();
    const name = `launchpad-staff-live-${operator}`;
    const channel = new BroadcastChannel(name);
    const fresh = new Set<Topic>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isLeader = false;

    const flush = () => {
      timer = undefined;
      const keys = new Map([...fresh].flatMap((topic) => staffTopics[topic]).map((key) => [key.join(), key]));
      fresh.clear();
      for (const queryKey of keys.values()) void queries.invalidateQueries({ queryKey });
    };
    const hear = (told: Told) => {
      if ("mode" in told) {
        staffLive.set(onlineManager.isOnline() ? told.mode : "offline");
        return;
      }
      if (told.place !== null) sessionStorage.setItem(place, told.place);
      fresh.add(told.topic);
      timer ??= setTimeout(flush, gather);
    };
    const tell = (told: Told) => {
      hear(told);
      channel.postMessage(told);
    };
    channel.onmessage = ({ data }: MessageEvent<Told | "who">) => {
      if (data !== "who") hear(data);
      else if (isLeader) channel.postMessage({ mode: staffLive.get() } satisfies Told);
    };
    channel.postMessage("who");

    // Without locks each tab would hold a stream of its own, of which an operator has few: such a browser asks.
    if ("locks" in navigator) {
      navigator.locks
        .request(name, { signal: end.signal }, () => {
          isLeader = true;
          return lead(tell, end.signal);
        })
        .catch(() => undefined);
    } else {
      staffLive.set("polling");
    }

    // What was missed meanwhile is told by nobody.
    const unfollow = onlineManager.subscribe((online) => {
      staffLive.set(online ? "connecting" : "offline");
      if (online) void queries.invalidateQueries({ queryKey: staffKeys.all });
    });
    return () => {
      end.abort();
      channel.close();
      clearTimeout(timer);
      unfollow();
    };
  }, [operator, queries]);
}
