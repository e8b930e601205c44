import { useQuery } from "@tanstack/react-query";
import { api, body } from "./client";
import { keys } from "./keys";
import type { components } from "./schema.gen";

export type Provenance = components["schemas"]["ProvenanceView"];
export type Release = components["schemas"]["ReleaseView"];

export const useProvenance = (id: string) =>
  useQuery({
    queryKey: keys.botPart(id, "provenance"),
    queryFn: ({ signal }) => body(api.GET("/deployments/{id}/provenance", { params: { path: { id } }, signal })),
    staleTime: 60_000,
  });

/** What a bot can be brought on. */
export const useReleases = () =>
  useQuery({
    queryKey: keys.releases,
    queryFn: ({ signal }) => body(api.GET("/releases", { signal })),
    select: (got) => got.releases,
    staleTime: 5 * 60_000,
  });
