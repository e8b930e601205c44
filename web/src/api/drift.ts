import { useQuery } from "@tanstack/react-query";
import { useAct } from "./act";
import { api, body, pressed } from "./client";
import { keys } from "./keys";
import type { components } from "./schema.gen";

export type Drift = components["schemas"]["DriftView"];

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
    send: (fingerprint: string) =>
      body(api.POST("/deployments/{id}/drift/{fingerprint}/accept", { params: { path: { id, fingerprint } } })),
    touches: [keys.botPart(id, "drift")],
  });

export const useRevertDrift = (id: string) =>
  useAct({
    send: (fingerprint: string, key) =>
      body(api.POST("/deployments/{id}/drift/{fingerprint}/revert", { params: { path: { id, fingerprint }, header: pressed(key) } })),
    touches: [keys.bot(id), keys.bots],
  });
