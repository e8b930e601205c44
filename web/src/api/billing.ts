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
