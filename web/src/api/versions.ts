import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useAct } from "./act";
import { api, body, pressed } from "./client";
import { keys } from "./keys";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];
export type Version = Schemas["VersionView"];
export type Updates = Schemas["UpdatesView"];
export type DataChoice = "as-now" | "as-at-switch";

const pageMax = 100;

/** The answer names no next page: one that is full may have one. */
export const useVersions = (id: string) =>
  useInfiniteQuery({
    queryKey: keys.botPart(id, "versions"),
    initialPageParam: 0,
    queryFn: ({ pageParam, signal }) =>
      body(
        api.GET("/deployments/{id}/versions", {
          params: { path: { id }, query: pageParam > 0 ? { before: String(pageParam) } : {} },
          signal,
        }),
      ),
    getNextPageParam: ({ versions }) => (versions.length < pageMax ? null : (versions.at(-1)?.version ?? null)),
  });

export const useDiff = (id: string, from: number, to: number) =>
  useQuery({
    queryKey: [...keys.botPart(id, "diff"), from, to],
    queryFn: ({ signal }) =>
      body(
        api.GET("/deployments/{id}/versions/{number}/diff", {
          params: { path: { id, number: String(to) }, query: { from: String(from) } },
          signal,
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: from !== to,
  });

interface Back {
  version: number;
  data: DataChoice;
  why: string;
  tag: string;
}

export const useRollBack = (id: string, preview: boolean, onDone: (operation: string) => void) =>
  useAct({
    send: ({ version, data, why, tag }: Back, key) =>
      body(
        api.POST("/deployments/{id}/rollback", {
          params: { path: { id }, query: preview ? { preview: "true" } : {}, header: { "If-Match": tag, ...pressed(key) } },
          body: { version, data, ...(why ? { why } : {}) },
        }),
      ),
    touches: [keys.bot(id), keys.bots],
    onDone: ({ operation }) => onDone(operation),
  });

interface Up {
  /** Empty for that of the channel. */
  to: string;
  why: string;
  tag: string;
}

export const useUpgrade = (id: string, preview: boolean, onDone: (operation: string) => void) =>
  useAct({
    send: ({ to, why, tag }: Up, key) =>
      body(
        api.POST("/deployments/{id}/upgrade", {
          params: { path: { id }, query: preview ? { preview: "true" } : {}, header: { "If-Match": tag, ...pressed(key) } },
          body: { ...(to ? { tag: to } : {}), ...(why ? { why } : {}) },
        }),
      ),
    touches: [keys.bot(id), keys.bots],
    onDone: ({ operation }) => onDone(operation),
  });

interface Policy {
  channel: string | null;
  pinned: boolean;
  resumeUpgrades: boolean;
  tag: string;
}

export const useUpdates = (id: string, onDone: (updates: Updates) => void) =>
  useAct({
    send: ({ tag, ...policy }: Policy) =>
      body(api.PUT("/deployments/{id}/updates", { params: { path: { id }, header: { "If-Match": tag } }, body: policy })),
    touches: [keys.bot(id)],
    onDone,
  });
