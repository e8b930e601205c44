import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useAct } from "./act";
import { api, body, pressed } from "./client";
import { keys } from "./keys";

/** Leaves for the payment provider's page, which is the same one for as long as it can be paid on. */
export const useCheckout = () =>
  useAct({
    send: (deployment: string, key) => body(api.POST("/billing/checkout", { body: { deployment }, params: { header: pressed(key) } })),
    touches: [keys.bots],
    onDone: ({ url }) => location.assign(url),
  });

/** Leaves for the provider's page of cards and open invoices, which comes back to ours. */
export const usePortal = () =>
  useAct({
    send: (_: void, key) => body(api.POST("/billing/portal", { params: { header: pressed(key) } })),
    touches: [],
    onDone: ({ url }) => location.assign(url),
  });

const paged = (cursor: string) => ({ query: cursor ? { cursor } : {} });

export const useBilling = () =>
  useInfiniteQuery({
    queryKey: keys.billing,
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => body(api.GET("/billing", { params: paged(pageParam), signal })),
    getNextPageParam: (page) => page.cursor,
  });

export const useInvoices = () =>
  useInfiniteQuery({
    queryKey: [...keys.billing, "invoices"],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => body(api.GET("/billing/invoices", { params: paged(pageParam), signal })),
    getNextPageParam: (page) => page.cursor,
    // The payment provider is asked.
    staleTime: 60_000,
  });

export const useStatement = (month: string) =>
  useQuery({
    queryKey: [...keys.billing, "statement", month],
    queryFn: ({ signal }) => body(api.GET("/billing/statements", { params: { query: { month } }, signal })),
    staleTime: 60_000,
  });

/** At the end of what is paid for; or not, after all. */
export const useCancel = (verb: "cancel" | "uncancel", onDone: () => void) =>
  useAct({
    send: (deployment: string) => body(api.POST(`/billing/${verb}`, { body: { deployment } })),
    touches: [keys.billing, keys.bots],
    onDone,
  });

/** What the next invoice would be with another plan. */
export const useInvoicePreview = (id: string, plan: string) =>
  useQuery({
    queryKey: keys.botPart(id, `invoice-${plan}`),
    queryFn: ({ signal }) => body(api.GET("/deployments/{id}/invoice-preview", { params: { path: { id }, query: { plan } }, signal })),
    retry: false,
  });
