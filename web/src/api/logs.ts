import { asText, type Line } from "../logs/lines";
import { api, body } from "./client";

export interface Asked {
  contains?: string;
  continuation?: string;
  from?: string;
  to?: string;
  tail?: string;
}

const tailMax = 1000;
const pagesMax = 100;

export const readLogs = (id: string, query: Asked, signal?: AbortSignal) =>
  body(api.GET("/deployments/{id}/logs", { params: { path: { id }, query }, ...(signal ? { signal } : {}) }));

/** Some lines before one and those just after it. */
export async function readAround(id: string, line: string, at: string): Promise<Line[]> {
  const moment = Date.parse(at);
  const [before, after] = await Promise.all([
    readLogs(id, { continuation: line, tail: "200" }),
    readLogs(id, { from: new Date(moment).toISOString(), to: new Date(moment + 30_000).toISOString(), tail: String(tailMax) }),
  ]);
  return [...before.lines, ...after.lines];
}

/** All that is kept, as text, oldest first. */
export async function readAll(id: string, contains: string): Promise<string[]> {
  const pages: Line[][] = [];
  let continuation: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof readLogs>> = await readLogs(id, {
      tail: String(tailMax),
      ...(contains ? { contains } : {}),
      ...(continuation === null ? {} : { continuation }),
    });
    pages.push(page.lines);
    continuation = page.continuation;
  } while (continuation !== null && pages.length < pagesMax);
  return pages.toReversed().flatMap(asText);
}
