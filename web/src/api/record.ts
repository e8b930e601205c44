import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { type Heads, type SignedHeads, signedRows } from "../record/heads";
import type { Head, Page, Row } from "../record/verify";
import { useAct } from "./act";
import { api, body } from "./client";
import { keys } from "./keys";
import type { components } from "./schema.gen";

const pageMax = 400;

export type AccountRow = components["schemas"]["AccountRecordRow"];

export interface Wanted {
  q?: string;
  deployment?: string;
}

/** What was done with any bot of the account, newest first. */
export const useAccountRecord = (wanted: Wanted) =>
  useInfiniteQuery({
    queryKey: [...keys.record, wanted.q ?? "", wanted.deployment ?? ""],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => body(api.GET("/record", { params: { query: { ...wanted, ...(pageParam ? { cursor: pageParam } : {}) } }, signal })),
    getNextPageParam: (page) => page.cursor,
    placeholderData: keepPreviousData,
  });

/** All of them, a row a line. */
export const useSaveRecord = (onDone: (rows: Blob) => void) =>
  useAct({
    send: async (wanted: Wanted) => (await body(api.GET("/record", { params: { query: { ...wanted, format: "ndjson" } }, parseAs: "blob" }))) as Blob,
    touches: [],
    onDone,
  });

/** All pages after a row, of a bot's record or of one's own account's. */
export async function readRecord(id: string, after: number, signal?: AbortSignal): Promise<Page[]> {
  const pages: Page[] = [];
  for (let next: number | null = after; next !== null && pages.length < pageMax; ) {
    const query: { after?: string } = next < 0 ? {} : { after: String(next) };
    const when = signal ? { signal } : {};
    const page: Page = await body(
      id.startsWith("acc_")
        ? api.GET("/auth/record", { params: { query }, ...when })
        : api.GET("/deployments/{id}/record", { params: { path: { id }, query }, ...when }),
    );
    pages.push(page);
    next = page.next;
  }
  return pages;
}

/** What was signed of a record, day by day. */
export async function readHeads(id: string): Promise<Heads> {
  const documents: SignedHeads[] = [];
  for (let after: string | null = ""; after !== null && documents.length < 100 * pageMax; ) {
    const page: components["schemas"]["SignedHeadsPage"] = await body(api.GET("/record/heads", { params: { query: after ? { after } : {} } }));
    documents.push(...page.documents);
    after = page.next;
  }
  if (documents.length === 0) return { rows: new Map() };
  return signedRows(documents, (await body(api.GET("/certificates-key", { parseAs: "text" }))) as string, id);
}

export interface Record {
  rows: Row[];
  head: Head;
}

/** Rows never change, so that only new ones are read. */
export function useRecord(id: string) {
  const queries = useQueryClient();
  const queryKey = keys.botPart(id, "record");
  return useQuery({
    queryKey,
    queryFn: async ({ signal }): Promise<Record> => {
      const before = queries.getQueryData<Record>(queryKey);
      const pages = await readRecord(id, before?.rows.at(-1)?.sequence ?? -1, signal);
      const rows = [...(before?.rows ?? []), ...pages.flatMap((page) => page.rows)];
      return { rows, head: pages.at(-1)?.head ?? { sequence: -1, hash: "" } };
    },
    structuralSharing: false,
  });
}
