import { useQuery } from "@tanstack/react-query";
import { api, body } from "./client";
import { keys } from "./keys";
import type { components } from "./schema.gen";

export type Secret = components["schemas"]["SecretInfo"];

export const useSecrets = (id: string) =>
  useQuery({
    queryKey: keys.botPart(id, "secrets"),
    queryFn: ({ signal }) => body(api.GET("/deployments/{id}/secrets", { params: { path: { id } }, signal })),
    select: (got) => got.secrets,
  });
