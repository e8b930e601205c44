import { useQuery } from "@tanstack/react-query";
import { useAct } from "./act";
import { api, body } from "./client";
import { keys } from "./keys";

/** The end of an account: what it takes along, asking for it, and taking it back. */

export const useClosing = () => useQuery({ queryKey: keys.closing, queryFn: ({ signal }) => body(api.GET("/auth/closing", { signal })) });

const touches = [keys.bots, keys.me];

export const useCloseAccount = (onDone: () => void) => useAct({ send: () => body(api.POST("/auth/closing")), touches, onDone });

export const useKeepAccount = (onDone: () => void) => useAct({ send: () => body(api.DELETE("/auth/closing")), touches, onDone });
