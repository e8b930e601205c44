import type { Health } from "../api/types";

export const observers = ["heartbeat", "ssh", "outside"] as const;

export interface Look {
  observer: (typeof observers)[number];
  /** Null where the verdict does not tell what this one saw. */
  sight: "up" | "down" | "silent" | null;
  said: string | null;
}

/** What each of those who look at a bot saw. Where nobody had anything to say, the verdict tells: "up" takes all of them. */
export const looks = (health: Health): Look[] =>
  observers.map((observer) => {
    const told = health.observers.find((one) => one.observer === observer);
    if (told) return { observer, sight: told.sight, said: told.said };
    const sight = health.state === "up" ? "up" : health.state !== "observer-problem" ? null : health.blind.includes(observer) ? "silent" : "up";
    return { observer, sight, said: null };
  });
