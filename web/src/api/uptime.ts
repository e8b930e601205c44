import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, body } from "./client";
import { keys } from "./keys";
import type { components } from "./schema.gen";

export type Uptime = components["schemas"]["UptimeView"];
export type UptimeParts = components["schemas"]["UptimeParts"];
export type Incident = components["schemas"]["UptimeIncident"];

export const useUptime = (id: string, month: string) =>
  useQuery({
    queryKey: keys.uptime(id, month),
    queryFn: ({ signal }) => body(api.GET("/deployments/{id}/sla", { params: { path: { id }, query: { month } }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
    staleTime: 30_000,
  });
