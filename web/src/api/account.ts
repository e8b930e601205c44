import { useQuery } from "@tanstack/react-query";
import { useAct } from "./act";
import { api, body } from "./client";
import { keys } from "./keys";
import { forever } from "./plans";
import { session } from "./session";

export const useMe = () =>
  useQuery({
    queryKey: keys.me,
    queryFn: async ({ signal }) => {
      const me = await body(api.GET("/auth/me", { signal }));
      session.begun();
      return me;
    },
    staleTime: 60_000,
  });

export const useCapabilities = () =>
  useQuery({ queryKey: keys.capabilities, queryFn: ({ signal }) => body(api.GET("/capabilities", { signal })), ...forever });

export const useSessions = () =>
  useQuery({ queryKey: keys.sessions, queryFn: ({ signal }) => body(api.GET("/auth/sessions", { signal })), select: (got) => got.sessions });

export const useRevoke = () =>
  useAct({
    send: (id: string) => body(api.DELETE("/auth/sessions/{id}", { params: { path: { id } } })),
    touches: [keys.sessions],
  });

export interface Credentials {
  email: string;
  password: string;
}

export const useSignUp = (onDone: () => void) =>
  useAct({
    send: (typed: Credentials) => body(api.POST("/auth/signup", { body: typed })),
    touches: [keys.me],
    onDone: () => {
      session.begun();
      onDone();
    },
  });

/** Nobody is shown anything at this browser once he has signed out of it. A subscription that is gone is told to whoever sends to it next, so nothing waits for an answer of ours. */
async function showNothing() {
  if (!("serviceWorker" in navigator) || (await navigator.serviceWorker.getRegistration()) === undefined) return;
  const id = await (await import("./push")).leave();
  if (id !== null) await api.DELETE("/notifications/devices/{id}", { params: { path: { id } } });
}

export const useSignOut = (onDone: () => void) =>
  useAct({
    send: async () => {
      await showNothing().catch(() => undefined);
      return await body(api.POST("/auth/logout"));
    },
    touches: [],
    onDone: () => {
      session.ended();
      onDone();
    },
  });
