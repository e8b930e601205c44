import { useQuery } from "@tanstack/react-query";
import { api, body } from "./client";
import { keys } from "./keys";

/** What a bot can be given, the usual one first. */
export const useModels = () =>
  useQuery({ queryKey: keys.models, queryFn: ({ signal }) => body(api.GET("/models", { signal })), staleTime: 5 * 60_000 });
