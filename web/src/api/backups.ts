import { useQuery } from "@tanstack/react-query";
import { useAct } from "./act";
import { api, body, pressed } from "./client";
import { keys } from "./keys";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];
export type Backup = Schemas["BackupDetail"];
export type Drill = Schemas["DrillView"];
export type RestorePlan = Schemas["RestorePlan"];
export type BackupDownload = Schemas["BackupDownload"];

export const useBackups = (id: string) =>
  useQuery({
    queryKey: keys.botPart(id, "backups"),
    queryFn: ({ signal }) => body(api.GET("/deployments/{id}/backups", { params: { path: { id } }, signal })),
    select: (got) => got.backups,
  });

export const useDrills = (id: string) =>
  useQuery({
    queryKey: keys.botPart(id, "drills"),
    queryFn: ({ signal }) => body(api.GET("/deployments/{id}/drills", { params: { path: { id } }, signal })),
    select: (got) => got.drills,
  });

export const useBackUp = (id: string, what: "backups" | "drills", onDone: (operation: string) => void) =>
  useAct({
    send: (_: void, key) => body(api.POST(`/deployments/{id}/${what}`, { params: { path: { id }, header: pressed(key) } })),
    touches: [keys.bot(id)],
    onDone: ({ operation }) => onDone(operation),
  });

/** What a restore would do: it is asked as often as it is looked at, and nothing comes of it. */
export const useRestorePlan = (id: string, backup: string) =>
  useQuery({
    queryKey: [...keys.botPart(id, "restore-plan"), backup],
    queryFn: async ({ signal }) =>
      (await body(
        api.POST("/deployments/{id}/restore", { params: { path: { id }, query: { plan: "true" } }, body: { backup }, signal }),
      )) as RestorePlan,
    staleTime: 0,
    gcTime: 0,
  });

export const useRestore = (id: string, onDone: (operation: string) => void) =>
  useAct({
    send: async ({ backup, why }: { backup: string; why: string }, key) =>
      (await body(
        api.POST("/deployments/{id}/restore", {
          params: { path: { id }, header: pressed(key) },
          body: { backup, ...(why ? { why } : {}) },
        }),
      )) as Schemas["Begun"],
    touches: [keys.bot(id), keys.bots],
    onDone: ({ operation }) => onDone(operation),
  });

export const useDropBackup = (id: string) =>
  useAct({
    send: (backup: string) => body(api.DELETE("/deployments/{id}/backups/{backup}", { params: { path: { id, backup } } })),
    touches: [keys.botPart(id, "backups")],
  });

export const useKeepBackup = (id: string) =>
  useAct({
    send: (backup: string) => body(api.POST("/deployments/{id}/backups/{backup}/undelete", { params: { path: { id, backup } } })),
    touches: [keys.botPart(id, "backups")],
  });

/** Not a query: it holds a key, which nothing may keep. */
export const useBackupDownload = (id: string) =>
  useAct({
    send: (backup: string) => body(api.POST("/deployments/{id}/backups/{backup}/download", { params: { path: { id, backup } } })),
    touches: [],
  });
