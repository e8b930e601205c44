import type { QueryClient } from "@tanstack/react-query";
import { keys, live } from "../api/keys";

export interface Topic {
  topic: string;
  id: string;
  /** Of the bot, where the topic is something of it. */
  deployment: string | null;
}

export function topicOf(data: unknown): Topic | null {
  if (typeof data !== "object" || data === null) return null;
  const { topic, id, deployment } = data as Record<string, unknown>;
  return typeof topic === "string" && typeof id === "string"
    ? { topic, id, deployment: typeof deployment === "string" ? deployment : null }
    : null;
}

/** Reads again what an event is about. */
export function refresh(queries: QueryClient, { topic, id, deployment }: Topic) {
  const stale = (queryKey: readonly string[]) => void queries.invalidateQueries({ queryKey });
  if (topic === "deployment") {
    stale(keys.bot(id));
    stale(keys.bots);
  } else if (topic === "operation") {
    stale(keys.operation(id));
    stale(keys.operations);
    if (deployment !== null) {
      stale(keys.bot(deployment));
      stale(keys.bots);
    }
  } else if (topic === "record") {
    stale(keys.botPart(deployment ?? id, "record"));
    stale(keys.record);
  }
}

/** For when nobody tells: everything that may have changed and is on the screen. */
export const refreshAll = (queries: QueryClient) =>
  queries.invalidateQueries({ predicate: (query) => live.includes(String(query.queryKey[0])), refetchType: "active" });
