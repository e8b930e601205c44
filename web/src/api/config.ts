import { queryOptions, useQuery } from "@tanstack/react-query";
import type { Schema } from "../config/schema";
import { useAct } from "./act";
import { api, body, pressed } from "./client";
import { keys } from "./keys";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];

/** A config and the tag that a change of it has to name. */
export interface Seen {
  tag: string;
  config: Schemas["ConfigView"];
}

export type Diff = Pick<Schemas["DiffView"], "changes" | "risk" | "restarts">;

/** What the result of a preview holds: shared/Operations/ChangePreview.cs. */
export interface Preview {
  token: string;
  expires: string;
  from: number;
  target: number | null;
  diff: Diff;
  restarts: boolean;
  downtimeSeconds: number;
  firstGate: boolean;
  checks: string[];
  price: { plan: string; fromMonthlyCents: number; toMonthlyCents: number; currency: string } | null;
  blocked: { place: string; why: string; allow: string[] }[] | null;
  moves: boolean;
}

/** Null for what is no preview, such as one that a later release wrote in another way. */
export function previewOf(result: string | null): Preview | null {
  if (result === null) return null;
  try {
    const read: unknown = JSON.parse(result);
    const whole = typeof read === "object" && read !== null && "token" in read && "diff" in read && "checks" in read;
    return whole ? (read as Preview) : null;
  } catch {
    return null;
  }
}

export const configOf = (id: string) =>
  queryOptions({
    queryKey: keys.botPart(id, "config"),
    queryFn: async ({ signal }): Promise<Seen> => {
      const { data, response } = await api.GET("/deployments/{id}/config", { params: { path: { id } }, signal });
      return { tag: response.headers.get("ETag") ?? "", config: data as Seen["config"] };
    },
  });

/** What the release that the bot runs can be configured to. It is large, so it is read when somebody looks at the editor; null where the
 * release tells none: then the editor offers nothing, and is an editor all the same. */
export const useConfigSchema = (id: string, version: number | null, wanted: boolean) =>
  useQuery({
    queryKey: keys.configSchema(id, version),
    queryFn: async ({ signal }) =>
      (await body(api.GET("/deployments/{id}/config-schema", { params: { path: { id } }, signal, parseAs: "json" }))) as unknown as Schema,
    enabled: wanted,
    // A version runs one release, for good.
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });

export const useConfig = (id: string) => useQuery(configOf(id));

/** A merge patch: what is absent stays, what is null goes. */
export interface Patch {
  model?: string | null;
  instructions?: string | null;
  config?: Record<string, unknown> | null;
  telegram?: boolean;
  telegramToken?: string;
  plan?: string;
  why?: string;
}

interface Change {
  patch: Patch;
  tag: string;
}

const change = (id: string, { patch, tag }: Change, preview: boolean) =>
  body(
    api.PATCH("/deployments/{id}/config", {
      params: { path: { id }, query: preview ? { preview: "true" } : {}, header: { "If-Match": tag } },
      body: patch as Schemas["ConfigPatch"],
    }),
  );

export const useSave = (id: string, onDone: (operation: string) => void) =>
  useAct({
    send: (asked: Change) => change(id, asked, false),
    touches: [keys.bot(id), keys.bots],
    onDone: ({ operation }) => onDone(operation),
  });

export const usePreview = (id: string, onDone: (operation: string) => void) =>
  useAct({
    send: (asked: Change) => change(id, asked, true),
    touches: [keys.bot(id)],
    onDone: ({ operation }) => onDone(operation),
  });

export const useApply = (id: string, onDone: (operation: string) => void) =>
  useAct({
    send: (preview: string, key) => body(api.POST("/deployments/{id}/apply", { params: { path: { id }, header: pressed(key) }, body: { preview } })),
    touches: [keys.bot(id), keys.bots],
    onDone: ({ operation }) => onDone(operation),
  });
