import type { QueryKey } from "@tanstack/react-query";
import { keys, live } from "../api/keys";
import { inWorkplace, workplace } from "../api/workplace";
import type { Feed } from "./feed";
import { liveState } from "./state";

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

export function about({ topic, id, deployment }: Topic): readonly QueryKey[] {
  // What goes on with a bot is told of until it has ended: that it has is seen by the bot alone.
  if (topic === "deployment") return [keys.bot(id), keys.bots, keys.billing, keys.anyOperation];
  if (topic === "operation") return [keys.operation(id), keys.operations, ...(deployment === null ? [] : [keys.bot(deployment), keys.bots])];
  if (topic === "record") return [keys.botPart(deployment ?? id, "record"), keys.record];
  return [];
}

/** The customers'. */
export const accountFeed: Feed<Topic> = {
  url: "/api/events",
  headers: inWorkplace,
  name: workplace === null ? "launchpad.live" : `launchpad.live-${workplace}`,
  state: liveState,
  topicOf,
  about,
  gather: 0,
  refreshAll: (queries) => queries.invalidateQueries({ predicate: (query) => live.includes(String(query.queryKey[0])), refetchType: "active" }),
};
