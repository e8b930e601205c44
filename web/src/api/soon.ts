import type { components, paths } from "./schema.gen";

/**
 * What the API's document does not have yet, by hand. When it does, this file goes: `client.ts` takes `paths` as it is, and each type
 * that comes from here becomes one of `components["schemas"]`.
 */

interface Answer<T> {
  headers: { [name: string]: unknown };
  content: { "application/json": T };
}

interface Parameters<Path, Query> {
  query?: Query;
  header?: never;
  path: Path;
  cookie?: never;
}

interface Get<T, Path, Query = never> {
  parameters: Parameters<Path, Query>;
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

export interface Soon {
  "/deployments/{id}/usage": { get: Get<Usage, OfBot, { hours?: string }> };
}

export type Paths = Omit<paths, keyof Soon> & Soon;

export type Schemas = components["schemas"];
