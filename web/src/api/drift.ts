import { useQuery } from "@tanstack/react-query";
import { useAct } from "./act";
import { api, body, pressed } from "./client";
import { keys } from "./keys";
import type { Drift as DriftEvent } from "./soon";

export type Drift = DriftEvent;

export const useDrift = (id: string, enabled: boolean) =>
  useQuery({
    queryKey: keys.botPart(id, "drift"),
    queryFn: ({ signal }) => body(api.GET("/deployments/{id}/drift", { params: { path: { id } }, signal })),
    select: (got) => got.drift,
    refetchInterval: 60_000,
    enabled,
  });

export const useAcceptDrift = (id: string) =>
  useAct({
    send: (fingerprint: string, key) =>
      body(api.POST("/deployments/{id}/drift/{fingerprint}/accept", { params: { path: { id, fingerprint }, header: pressed(key) } })),
    touches: [keys.botPart(id, "drift")],
  });

export const useRevertDrift = (id: string) =>
  useAct({
    send: (fingerprint: string, key) =>
      body(api.POST("/deployments/{id}/drift/{fingerprint}/revert", { params: { path: { id, fingerprint }, header: pressed(key) } })),
    touches: [keys.bot(id), keys.bots],
  });
