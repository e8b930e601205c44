import { useAct } from "./act";
import { api, body, pressed } from "./client";
import { keys } from "./keys";

export const useRehearse = (id: string) =>
  useAct({
    send: (fault: string, key) =>
      body(
        api.POST("/deployments/{id}/rehearsals", {
          params: { path: { id }, header: pressed(key) },
          body: { fault },
        }),
      ),
    touches: [keys.bot(id), keys.bots],
  });
