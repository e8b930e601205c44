import type { components, paths } from "./schema.gen";

/**
 * What the API's document does not have yet, by hand. When it does, this file goes: `client.ts` takes `paths` as it is, and each type
 * that comes from here becomes one of `components["schemas"]`.
 */

interface Answer<T> {
  headers: { [name: string]: unknown };
  content: { "application/json": T };
}

interface Get<T, Path = undefined, Query = undefined> {
  parameters: { path?: Path; query?: Query };
  requestBody?: never;
  responses: { 200: Answer<T> };
}

interface OfBot {
  id: string;
}

interface UsageSample {
  at: string;
  /** Cores used on average since the sample before. */
  cpu: number;
  memoryMb: number;
  storageMb: number | null;
}

export interface Usage {
  cpus: number;
  memoryMb: number;
  storageMb: number;
  stepSeconds: number;
  /** Oldest first. */
  samples: UsageSample[];
}

export interface Waiting {
  request: string;
  name: string | null;
  since: string | null;
}

export interface Provenance {
  version: number;
  image: string;
  digest: string;
  trusted: boolean;
  refusal: string | null;
  key: string | null;
  checkedAt: string;
  /** SHA-256 of the version. */
  config: string;
  /** OpenClaw's own version. */
  release: string;
  files: { path: string; written: string | null; found: string | null }[];
  seenAt: string | null;
}

export interface Release {
  tag: string;
  digest: string | null;
  trusted: boolean;
  refusal: string | null;
  isDefault: boolean;
}

export type Drift = Schemas["DriftEvent"] & { acceptedAt: string | null; can: ("accept" | "revert")[] };

export type AccountRow = Schemas["RecordRowView"] & { deployment: string; deploymentName: string };

export type Capabilities = Schemas["CapabilitiesView"] & { rehearsals: string[] };

type Browsers = paths["/deployments/{id}/browsers"];

interface Posted<T, Path, Body = undefined> {
  parameters: { path: Path; header?: { "Idempotency-Key"?: string } };
  requestBody?: { content: { "application/json": Body } };
  responses: { 200: Answer<T> };
}

type OfDrift = OfBot & { fingerprint: string };

export interface Soon {
  "/capabilities": { get: Get<Capabilities> };
  "/releases": { get: Get<{ releases: Release[] }> };
  "/record": { get: Get<{ rows: AccountRow[]; cursor: string | null }, undefined, { q?: string; deployment?: string; cursor?: string; format?: "ndjson" }> };
  "/deployments/{id}/usage": { get: Get<Usage, OfBot, { hours?: string }> };
  "/deployments/{id}/provenance": { get: Get<Provenance, OfBot> };
  "/deployments/{id}/browsers": { get: Get<{ waiting: Waiting[] }, OfBot>; post: Browsers["post"] };
  "/deployments/{id}/rehearsals": { post: Posted<Schemas["Begun"], OfBot, { fault?: string }> };
  "/deployments/{id}/drift": { get: Get<{ drift: Drift[] }, OfBot> };
  "/deployments/{id}/drift/{fingerprint}/accept": { post: Posted<Drift, OfDrift> };
  "/deployments/{id}/drift/{fingerprint}/revert": { post: Posted<Schemas["Begun"], OfDrift> };
}

export type Paths = Omit<paths, keyof Soon> & Soon;

type Schemas = components["schemas"];
