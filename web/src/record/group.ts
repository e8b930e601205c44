import type { Row } from "./verify";

export interface Filter {
  who?: string | undefined;
  kind?: string | undefined;
  /** A day, 2026-11-28. */
  from?: string | undefined;
}

/** Rows of one operation, or one row that belongs to none; oldest first. */
export interface Group {
  id: string;
  operation: string | null;
  rows: Row[];
}

export const dataOf = ({ data }: Row): Readonly<Record<string, unknown>> =>
  typeof data === "object" && data !== null ? (data as Record<string, unknown>) : {};

export const textIn = (row: Row, name: string): string | null => {
  const value = dataOf(row)[name];
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : null;
};

export const passes = (row: Row, { who, kind, from }: Filter) =>
  (who === undefined || row.actor === who) &&
  (kind === undefined || row.kind === kind) &&
  (from === undefined || Date.parse(row.at) >= new Date(`${from}T00:00:00`).getTime());

/** Newest group first; an operation stands where it began, with all that is of it. */
export function group(rows: readonly Row[]): Group[] {
  const groups: Group[] = [];
  const byOperation = new Map<string, Group>();
  for (const row of rows) {
    const operation = textIn(row, "operation");
    const found = operation === null ? undefined : byOperation.get(operation);
    if (found) {
      found.rows.push(row);
      continue;
    }
    const made = { id: operation ?? `row-${row.sequence}`, operation, rows: [row] };
    if (operation !== null) byOperation.set(operation, made);
    groups.push(made);
  }
  return groups.toReversed();
}
