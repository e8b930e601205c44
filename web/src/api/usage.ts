import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, body } from "./client";
import { keys } from "./keys";
import type { components } from "./schema.gen";

export type Usage = components["schemas"]["UsageView"];

/** Samples come each minute or less often, so that nothing is gained by asking more often than that. */
export const useUsage = (id: string, hours: number) =>
  useQuery({
    queryKey: keys.usage(id, hours),
    queryFn: ({ signal }) => body(api.GET("/deployments/{id}/usage", { params: { path: { id }, query: { hours: String(hours) } }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
    staleTime: 30_000,
  });
