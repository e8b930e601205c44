import type { components } from "../api/schema.gen";
import type { SignedRow } from "./heads";

export type Row = components["schemas"]["RecordRowView"];
export type Page = components["schemas"]["RecordPage"];
export type Head = components["schemas"]["RecordHead"];

/** Why a row is wrong: as tools/verify-record says it. */
export type Fault = "changed" | "words" | "order" | "joins" | "end" | "rewritten" | "other" | "signed" | "taken";

export type Verdict =
  | { whole: true; count: number; head: Head; /** Whether a head that was kept earlier is still in it. */ keptIn: boolean; /** How far it was signed. */ signed?: { row: number; day: string } }
  | { whole: false; fault: Fault; /** The place in the chain. */ row: number; /** When another row was signed. */ day?: string };

/** One text for one value: no white space, members sorted, characters as they are unless JSON forbids it (ADR 8). */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0));
  return `{${members.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join(",")}}`;
}

export async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const hashed = ({ hash: _hash, words: _words, ...row }: Row) => canonical(row);

const wordsHash = ({ data }: Row) => (typeof data === "object" && data !== null ? (data as Record<string, unknown>)["wordsHash"] : undefined);

/** Recomputes every hash of a record. A kept head has to be in the chain still: rows before it were not rewritten then.
 * @param onRow how far it is, for whoever waits.
 * @param signed rows that were signed, by their numbers. */
export async function verify(
  pages: readonly Page[],
  kept: Head | null,
  onRow: (count: number) => void = () => undefined,
  signed: ReadonlyMap<number, SignedRow> = new Map(),
): Promise<Verdict> {
  const deployment = pages[0]?.deployment;
  const end = pages.at(-1)?.head;
  if (deployment === undefined || end === undefined) return { whole: false, fault: "end", row: 0 };
  let previous = await sha256(`launchpad-record-1 ${deployment}`);
  let count = 0;
  let keptIn = kept === null;
  for (const page of pages) {
    if (page.deployment !== deployment) return { whole: false, fault: "other", row: count };
    for (const row of page.rows) {
      const fault = await faultOf(row, count, previous);
      if (fault !== null) return { whole: false, fault, row: count };
      const other = signed.get(count);
      if (other && other.hash !== row.hash) return { whole: false, fault: "signed", row: count, day: other.day };
      previous = row.hash;
      if (kept !== null && row.sequence === kept.sequence) {
        if (row.hash !== kept.hash) return { whole: false, fault: "rewritten", row: count };
        keptIn = true;
      }
      count += 1;
      onRow(count);
    }
  }
  if (end.sequence !== count - 1 || end.hash !== previous) return { whole: false, fault: "end", row: count };
  if (!keptIn) return { whole: false, fault: "rewritten", row: count };
  const last = Math.max(-1, ...signed.keys());
  const day = signed.get(last)?.day;
  if (day === undefined) return { whole: true, count, head: end, keptIn: kept !== null };
  return last < count ? { whole: true, count, head: end, keptIn: kept !== null, signed: { row: last, day } } : { whole: false, fault: "taken", row: count, day };
}

async function faultOf(row: Row, count: number, previous: string): Promise<Fault | null> {
  if (row.hash !== (await sha256(hashed(row)))) return "changed";
  if (typeof row.words === "string" && (await sha256(row.words)) !== wordsHash(row)) return "words";
  if (row.sequence !== count) return "order";
  return row.previous === previous ? null : "joins";
}
