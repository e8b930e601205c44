import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useAct } from "./act";
import { download } from "./download";
import { api, body, pressed } from "./client";
import { keys } from "./keys";
import type { components } from "./schema.gen";
import type { ActionName, Deployment, NewDeployment } from "./types";

type DeploymentPage = components["schemas"]["DeploymentPage"];

/** All that are not deleted. An account has only so many at a time, so they are read whole. */
export const useBots = () =>
  useQuery({
    queryKey: keys.livingBots,
    queryFn: async ({ signal }) => {
      const all: Deployment[] = [];
      for (let cursor: string | null = ""; cursor !== null; ) {
        const page: DeploymentPage = await body(
          api.GET("/deployments", { params: { query: { living: "true", ...(cursor ? { cursor } : {}) } }, signal }),
        );
        all.push(...page.deployments);
        cursor = page.cursor;
      }
      return all;
    },
  });

/** Those that are, a page of all that there ever were at a time. */
export const useDeletedBots = () =>
  useInfiniteQuery({
    queryKey: keys.deletedBots,
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) =>
      body(api.GET("/deployments", { params: { query: pageParam ? { cursor: pageParam } : {} }, signal })),
    getNextPageParam: (page) => page.cursor,
    select: ({ pages }) => pages.flatMap((page) => page.deployments.filter(({ status }) => status === "terminated")),
  });

export const useBot = (id: string | null) =>
  useQuery({
    queryKey: keys.bot(id ?? ""),
    queryFn: ({ signal }) => body(api.GET("/deployments/{id}", { params: { path: { id: id ?? "" } }, signal })),
    enabled: id !== null,
  });

/** The id in the address of the page. */
export const useBotId = () => useParams({ from: "/signed-in/bots/$id" }).id;

export const useHealth = (id: string, enabled: boolean) =>
  useQuery({
    queryKey: keys.botPart(id, "health"),
    queryFn: ({ signal }) => body(api.GET("/deployments/{id}/health", { params: { path: { id } }, signal })),
    refetchInterval: 15_000,
    enabled,
  });

/** Null when the action is allowed now; otherwise why not, in a sentence. */
export function whyNot(bot: Deployment, action: ActionName, otherwise: string): string | null {
  const can = bot.can.find((one) => one.action === action);
  return can?.allowed === true ? null : (can?.why ?? otherwise);
}

export const may = (bot: Deployment, action: ActionName) => bot.can.some((one) => one.action === action && one.allowed);

type Verb = "restart" | "suspend" | "resume" | "retry" | "undelete";

/** What is asked of a bot with one press, and begins (or turns back) an operation. */
export const useVerb = (id: string, verb: Verb, onDone?: (operation: string) => void) =>
  useAct({
    send: (_: void, key) => body(api.POST(`/deployments/{id}/${verb}`, { params: { path: { id }, header: pressed(key) } })),
    touches: [keys.bot(id), keys.bots],
    onDone: ({ operation }) => onDone?.(operation),
  });

export const useDelete = (id: string, onDone: () => void) =>
  useAct({
    send: ({ atOnce }: { atOnce: boolean }) =>
      body(api.DELETE("/deployments/{id}", { params: { path: { id }, query: atOnce ? { window: "none" } : {} } })),
    touches: [keys.bot(id), keys.bots],
    onDone,
  });

/** The archive goes into the browser's downloads. */
export const useEject = (id: string, onDone: () => void) =>
  useAct({
    send: async () => {
      const { data, response } = await api.POST("/deployments/{id}/eject", { params: { path: { id } }, parseAs: "blob" });
      const name = /filename="?([^";]+)/.exec(response.headers.get("Content-Disposition") ?? "")?.[1] ?? `${id}.tar.gz`;
      if (data) download(data, name);
    },
    touches: [],
    onDone,
  });

export const useRename = (id: string, onDone: () => void) =>
  useAct({
    send: (name: string) => body(api.PATCH("/deployments/{id}", { params: { path: { id } }, body: { name } })),
    touches: [keys.bot(id), keys.bots],
    onDone,
  });

/** Not a query: nothing may keep it. */
export const useToken = (id: string) =>
  useAct<void, { token: string | null }>({ send: () => body(api.GET("/deployments/{id}/gateway-token", { params: { path: { id } } })), touches: [] });

export const useMessage = (id: string, onDone: (operation: string, text: string) => void) =>
  useAct({
    send: (text: string, key) =>
      body(api.POST("/deployments/{id}/test-message", { params: { path: { id }, header: pressed(key) }, body: { text } })),
    touches: [keys.bot(id)],
    onDone: ({ operation }, text) => onDone(operation, text),
  });

export type Waiting = components["schemas"]["BrowserView"];

/** The bot's machine is asked, so it is done often only while somebody is expected. */
export const useWaiting = (id: string, isExpected: boolean) =>
  useQuery({
    queryKey: keys.browsers(id),
    queryFn: ({ signal }) => body(api.GET("/deployments/{id}/browsers", { params: { path: { id } }, signal })),
    select: (got) => got.waiting,
    staleTime: 15_000,
    refetchInterval: isExpected ? 4000 : false,
    retry: false,
  });

export const usePair = (id: string) =>
  useAct({
    send: (request: string, key) =>
      body(api.POST("/deployments/{id}/browsers", { params: { path: { id }, header: pressed(key) }, body: { request } })),
    touches: [keys.bot(id), keys.browsers(id)],
  });

export const useCreate = (onDone: (made: Deployment) => void) =>
  useAct({
    send: (order: NewDeployment, key) => body(api.POST("/deployments", { body: order, params: { header: pressed(key) } })),
    touches: [keys.bots],
    onDone,
  });
