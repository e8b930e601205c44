import type { QueryClient, QueryKey } from "@tanstack/react-query";
import type { Store } from "../api/store";
import type { LiveState } from "./state";

/** A stream of what changes, and what a page reads again because of it. */
export interface Feed<Topic> {
  url: string;
  /** Sent with the question. */
  headers: Readonly<Record<string, string>>;
  /** Of the lock, the channel and the place kept: one for each door that somebody signs in by. */
  name: string;
  state: Store<LiveState>;
  topicOf: (data: unknown) => Topic | null;
  /** What is about that topic. */
  about: (topic: Topic) => readonly QueryKey[];
  /** So many milliseconds of changes are read together. */
  gather: number;
  /** For when nobody tells: everything on the screen that may have changed. */
  refreshAll: (queries: QueryClient) => Promise<unknown>;
}
