import { useSyncExternalStore } from "react";
import { clock } from "../api/clock";

const followers = new Map<number, Set<() => void>>();

/** One timer for each pace, however many things on the page tick. */
function follow(pace: number, follower: () => void) {
  const all = followers.get(pace) ?? new Set();
  followers.set(pace, all);
  all.add(follower);
  const timer = all.size === 1 ? setInterval(() => all.forEach((one) => one()), pace) : undefined;
  if (timer !== undefined) timers.set(pace, timer);
  return () => {
    all.delete(follower);
    if (all.size === 0) clearInterval(timers.get(pace));
  };
}

const timers = new Map<number, ReturnType<typeof setInterval>>();
const subscribers = new Map<number, (follower: () => void) => () => void>();

function subscriber(pace: number) {
  const found = subscribers.get(pace) ?? ((follower: () => void) => follow(pace, follower));
  subscribers.set(pace, found);
  return found;
}

/** The server's time, again each `pace` milliseconds; it stands still in between, as React wants of a snapshot. */
export const useNow = (pace = 1000) =>
  useSyncExternalStore(subscriber(pace), () => Math.floor(clock.now() / pace) * pace);
