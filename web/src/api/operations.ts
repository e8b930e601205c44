import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { liveState } from "../live/state";
import { useAct } from "./act";
import { api, body, pressed } from "./client";
import { keys } from "./keys";
import type { Operation, OperationSummary } from "./types";

export const isOpen = (operation: Pick<OperationSummary, "status">) => operation.status === "accepted" || operation.status === "running";

/** Without a stream what goes on is looked at more often than the rest. */
const lookEvery = (operation: Operation | undefined) =>
  operation && isOpen(operation) ? (liveState.get().mode === "live" ? 10_000 : 1500) : false;

export const useOperation = (id: string | null) =>
  useQuery({
    queryKey: keys.operation(id ?? ""),
    queryFn: ({ signal }) => body(api.GET("/operations/{id}", { params: { path: { id: id ?? "" } }, signal })),
    enabled: id !== null,
    refetchInterval: (query) => lookEvery(query.state.data),
  });

export const useBotOperations = (id: string) =>
  useInfiniteQuery({
    queryKey: keys.botPart(id, "operations"),
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) =>
      body(api.GET("/deployments/{id}/operations", { params: { path: { id }, query: pageParam ? { cursor: pageParam } : {} }, signal })),
    getNextPageParam: (page) => page.cursor ?? null,
  });

export const useCancel = (operation: Pick<OperationSummary, "id" | "deployment">, onDone: () => void) =>
  useAct({
    send: (_: void, key) => body(api.POST("/operations/{id}/cancel", { params: { path: { id: operation.id }, header: pressed(key) } })),
    touches: [keys.operation(operation.id), keys.bot(operation.deployment)],
    onDone,
  });

export const useRetryOperation = (operation: Pick<OperationSummary, "id" | "deployment">, onDone: (operation: string) => void) =>
  useAct({
    send: (_: void, key) => body(api.POST("/operations/{id}/retry", { params: { path: { id: operation.id }, header: pressed(key) } })),
    touches: [keys.operation(operation.id), keys.bot(operation.deployment), keys.bots],
    onDone: (answer) => onDone(answer.operation),
  });
