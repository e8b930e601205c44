import { hashKey, onlineManager, useQueryClient, type QueryKey } from "@tanstack/react-query";
import { useEffect } from "react";
import { clock } from "../api/clock";
import type { Feed } from "./feed";
import { lead, place, type Told } from "./leader";

const pollEach = 5000;

/** Keeps what is on the screen true. Of all tabs of whoever is signed in one holds the stream and tells the others. */
export function useLive<Topic>(feed: Feed<Topic>, who: string | undefined) {
  const queries = useQueryClient();
  useEffect(() => {
    if (who === undefined) return undefined;
    const { state } = feed;
    const end = new AbortController();
    const name = `${feed.name}-${who}`;
    const channel = new BroadcastChannel(name);
    const stale = new Map<string, QueryKey>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isLeader = false;

    const read = () => {
      timer = undefined;
      for (const queryKey of stale.values()) void queries.invalidateQueries({ queryKey });
      stale.clear();
    };
    const hear = (told: Told<Topic>) => {
      if ("topic" in told) {
        if (told.place !== null) place.keep(feed.name, told.place);
        if (told.topic !== null) {
          for (const key of feed.about(told.topic)) stale.set(hashKey(key), key);
          if (feed.gather === 0) read();
          else timer ??= setTimeout(read, feed.gather);
        }
      }
      const mode = "mode" in told ? told.mode : "live";
      state.set({ mode: onlineManager.isOnline() ? mode : "offline", at: clock.now() });
    };
    const tell = (told: Told<Topic>) => {
      hear(told);
      channel.postMessage(told);
    };
    channel.onmessage = ({ data }: MessageEvent<Told<Topic> | "who">) => {
      if (data !== "who") hear(data);
      else if (isLeader) channel.postMessage({ mode: state.get().mode } satisfies Told<Topic>);
    };
    channel.postMessage("who");

    // Without locks each tab would hold a stream of its own, of which an account has few: such a browser polls.
    if ("locks" in navigator) {
      navigator.locks
        .request(name, { signal: end.signal }, () => {
          isLeader = true;
          return lead(feed, tell, end.signal);
        })
        .catch(() => undefined);
    } else {
      state.set({ mode: "polling", at: clock.now() });
    }

    const poll = setInterval(() => {
      if (state.get().mode === "polling" && document.visibilityState === "visible") {
        void feed.refreshAll(queries).then(() => state.get().mode === "polling" && state.set({ mode: "polling", at: clock.now() }));
      }
    }, pollEach);
    const unfollow = onlineManager.subscribe((online) => {
      state.set({ mode: online ? "connecting" : "offline", at: state.get().at });
      // What was missed meanwhile is told by nobody.
      if (online) void feed.refreshAll(queries);
    });
    return () => {
      end.abort();
      channel.close();
      clearTimeout(timer);
      clearInterval(poll);
      unfollow();
    };
  }, [feed, who, queries]);
}
