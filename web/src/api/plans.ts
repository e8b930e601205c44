import { useQuery } from "@tanstack/react-query";
import { api, body } from "./client";
import { keys } from "./keys";

export const forever = { staleTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: false } as const;

export const usePlans = () =>
  useQuery({ queryKey: keys.plans, queryFn: ({ signal }) => body(api.GET("/plans", { signal })), ...forever, select: (got) => got.plans });

/** What a plan is called; its id while that is not known, or when it is not sold any more. */
export const usePlanName = () => {
  const { data } = usePlans();
  return (id: string) => data?.find((plan) => plan.id === id)?.name ?? id;
};
