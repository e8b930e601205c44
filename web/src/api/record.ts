import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { Head, Page, Row } from "../record/verify";
import { api, body } from "./client";
import { keys } from "./keys";

const pageMax = 400;

/** All pages after a row. */
export async function readRecord(id: string, after: number, signal?: AbortSignal): Promise<Page[]> {
  const pages: Page[] = [];
  for (let next: number | null = after; next !== null && pages.length < pageMax; ) {
    const query: { after?: string } = next < 0 ? {} : { after: String(next) };
    const page: Page = await body(api.GET("/deployments/{id}/record", { params: { path: { id }, query }, ...(signal ? { signal } : {}) }));
    pages.push(page);
    next = page.next;
  }
  return pages;
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
