import type { Health } from "../api/types";

export const observers = ["heartbeat", "ssh", "outside"] as const;

export interface Look {
  observer: (typeof observers)[number];
  /** Null where the verdict does not tell what this one saw. */
  sight: "up" | "down" | "silent" | null;
  at: string | null;
  said: string | null;
}

/** What each of those who look at a bot saw. Where the answer does not have it one by one, the verdict tells: "up" takes all of them. */
export const looks = (health: Health): Look[] =>
  observers.map((observer) => {
    const told = health.observers?.find((one) => one.observer === observer);
    if (told) return { ...told, observer };
    const sight = health.state === "up" ? "up" : health.state !== "observer-problem" ? null : health.blind.includes(observer) ? "silent" : "up";
    return { observer, sight, at: null, said: null };
  });
