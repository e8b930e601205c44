import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useAct } from "./act";
import { api, body, pressed } from "./client";
import { keys } from "./keys";
import { former, here, remember, subscribe, unsubscribe } from "./push";
import type { components } from "./schema.gen";

/** What somebody is written to about, and what programs of an account hear of. */

type Schemas = components["schemas"];
export type Notification = Schemas["NotificationView"];
export type NotificationList = Schemas["NotificationList"];
export type NotificationKind = Notification["kind"];
export type Device = Schemas["DeviceView"];
export type Webhook = Schemas["WebhookView"];
export type Delivery = Schemas["DeliveryView"];

export const useNotifications = () => useQuery({ queryKey: keys.notifications, queryFn: ({ signal }) => body(api.GET("/notifications", { signal })) });

export const useChooseNotifications = () =>
  useAct({ send: (off: NotificationKind[]) => body(api.PUT("/notifications", { body: { off } })), touches: [keys.notifications] });

export const useTestLetter = (onDone: () => void) =>
  useAct({
    send: (kind: NotificationKind, key) => body(api.POST("/notifications/{kind}/test", { params: { path: { kind } }, headers: pressed(key) })),
    touches: [],
    onDone,
  });

/** With what this browser is among them. */
export const useDevices = () =>
  useQuery({
    queryKey: keys.devices,
    queryFn: async ({ signal }) => ({ ...(await body(api.GET("/notifications/devices", { signal }))), here: await here() }),
  });

const removeDevice = (id: string) => body(api.DELETE("/notifications/devices/{id}", { params: { path: { id } } }));

/** Takes the place of the device that this browser was before. */
export const useTurnOn = (person: string) =>
  useAct({
    send: async ({ publicKey, known }: { publicKey: string; known: readonly string[] }, key) => {
      const before = former(person);
      const added = await body(api.POST("/notifications/devices", { body: await subscribe(publicKey), headers: pressed(key) }));
      remember(person, added.id);
      if (before !== null && before !== added.id && known.includes(before)) await removeDevice(before);
      return added;
    },
    touches: [keys.devices],
  });

export const useRemoveDevice = () =>
  useAct({
    send: async (id: string) => {
      await removeDevice(id);
      await unsubscribe(id);
    },
    touches: [keys.devices],
  });

export const useTestDevice = (onDone: () => void) =>
  useAct({
    send: (id: string, key) => body(api.POST("/notifications/devices/{id}/test", { params: { path: { id } }, headers: pressed(key) })),
    touches: [],
    onDone,
  });

export const useWebhooks = () => useQuery({ queryKey: keys.webhooks, queryFn: ({ signal }) => body(api.GET("/webhooks", { signal })) });

export const useNewWebhook = () =>
  useAct({
    send: (typed: { url: string; description: string; types: string[] }, key) => body(api.POST("/webhooks", { body: typed, headers: pressed(key) })),
    touches: [keys.webhooks],
  });

export const useTurnWebhook = () =>
  useAct({
    send: ({ webhook, enabled }: { webhook: string; enabled: boolean }) => body(api.PATCH("/webhooks/{webhook}", { params: { path: { webhook } }, body: { enabled } })),
    touches: [keys.webhooks],
  });

export const useDeleteWebhook = () =>
  useAct({ send: (webhook: string) => body(api.DELETE("/webhooks/{webhook}", { params: { path: { webhook } } })), touches: [keys.webhooks] });

export const useNewSecret = () =>
  useAct({
    send: (webhook: string, key) => body(api.POST("/webhooks/{webhook}/secret", { params: { path: { webhook } }, headers: pressed(key) })),
    touches: [keys.webhooks],
  });

/** Looked at again by itself: what is on its way arrives while somebody looks. */
export const useDeliveries = (webhook: string) =>
  useInfiniteQuery({
    queryKey: keys.deliveries(webhook),
    queryFn: ({ signal, pageParam }) =>
      body(api.GET("/webhooks/{webhook}/deliveries", { signal, params: { path: { webhook }, query: pageParam === null ? {} : { after: pageParam } } })),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.after,
    refetchInterval: ({ state }) => (state.data?.pages.some(({ deliveries }) => deliveries.some(({ status }) => status === "pending")) ? 5_000 : false),
  });

export const useTestWebhook = (webhook: string) =>
  useAct({
    send: (_: void, key) => body(api.POST("/webhooks/{webhook}/test", { params: { path: { webhook } }, headers: pressed(key) })),
    touches: [keys.deliveries(webhook)],
  });

export const useResend = (webhook: string) =>
  useAct({
    send: (event: string, key) => body(api.POST("/webhooks/{webhook}/deliveries/{event}/resend", { params: { path: { webhook, event } }, headers: pressed(key) })),
    touches: [keys.deliveries(webhook)],
  });

export const useReplay = (webhook: string, onDone: (events: number) => void) =>
  useAct({
    send: (from: string, key) => body(api.POST("/webhooks/{webhook}/replay", { params: { path: { webhook } }, body: { from }, headers: pressed(key) })),
    touches: [keys.deliveries(webhook)],
    onDone: ({ events }) => onDone(events),
  });
