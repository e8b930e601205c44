import { onlineManager, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { clock } from "../api/clock";
import { lead, place, type Told } from "./leader";
import { liveState } from "./state";
import { refresh, refreshAll } from "./topics";

const pollEach = 5000;

/** Keeps what is on the screen true. Of all tabs of an account one holds the stream and tells the others. */
export function useLive(account: string | undefined) {
  const queries = useQueryClient();
  useEffect(() => {
    if (account === undefined) return undefined;
    const end = new AbortController();
    const name = `launchpad-live-${account}`;
    const channel = new BroadcastChannel(name);
    let isLeader = false;

    const hear = (told: Told) => {
      if ("topic" in told) {
        if (told.place !== null) sessionStorage.setItem(place, told.place);
        if (told.topic !== null) refresh(queries, told.topic);
      }
      const mode = "mode" in told ? told.mode : "live";
      liveState.set({ mode: onlineManager.isOnline() ? mode : "offline", at: clock.now() });
    };
    const tell = (told: Told) => {
      hear(told);
      channel.postMessage(told);
    };
    channel.onmessage = ({ data }: MessageEvent<Told | "who">) => {
      if (data !== "who") hear(data);
      else if (isLeader) channel.postMessage({ mode: liveState.get().mode } satisfies Told);
    };
    channel.postMessage("who");

    // Without locks each tab would hold a stream of its own, of which an account has few: such a browser polls.
    if ("locks" in navigator) {
      navigator.locks
        .request(name, { signal: end.signal }, () => {
          isLeader = true;
          return lead(tell, end.signal);
        })
        .catch(() => undefined);
    } else {
      liveState.set({ mode: "polling", at: clock.now() });
    }

    const poll = setInterval(() => {
      if (liveState.get().mode === "polling" && document.visibilityState === "visible") {
        void refreshAll(queries).then(() => liveState.get().mode === "polling" && liveState.set({ mode: "polling", at: clock.now() }));
      }
    }, pollEach);
    const unfollow = onlineManager.subscribe((online) => liveState.set({ mode: online ? "connecting" : "offline", at: liveState.get().at }));
    return () => {
      end.abort();
      channel.close();
      clearInterval(poll);
      unfollow();
    };
  }, [account, queries]);
}
