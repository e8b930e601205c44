import { useAct } from "./act";
import { api, body, pressed } from "./client";
import { keys } from "./keys";

/** @returns the operation. Without a fault it is the one that this Launchpad has for it. */
export const useRehearse = (id: string) =>
  useAct({
    send: (fault: string | null, key) =>
      body(
        api.POST("/deployments/{id}/rehearsals", {
          params: { path: { id }, header: pressed(key) },
          body: fault === null ? {} : { fault },
        }),
      ),
    touches: [keys.bot(id), keys.bots],
  });
