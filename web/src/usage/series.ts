import type { Usage } from "../api/usage";

type Sample = Usage["samples"][number];

/** A thing that is measured: where its samples are and what the plan allows. */
export interface Measure {
  of: (sample: Sample) => number | null;
  limit: (usage: Usage) => number;
}

export const measures = {
  cpu: { of: (sample) => sample.cpu, limit: (usage) => usage.cpus },
  memory: { of: (sample) => sample.memoryMb, limit: (usage) => usage.memoryMb },
  disk: { of: (sample) => sample.storageMb, limit: (usage) => usage.storageMb },
} as const satisfies Record<string, Measure>;

export interface Series {
  /** Seconds. */
  at: number[];
  /** Null where nothing was measured, so that no line claims to know what was there. */
  values: (number | null)[];
}

/** So many steps may be missed before the line breaks: one sample that was lost is no gap. */
const missedMax = 3;

export function series({ samples, stepSeconds }: Usage, measure: Measure): Series {
  const at: number[] = [];
  const values: (number | null)[] = [];
  for (const sample of samples) {
    const value = measure.of(sample);
    if (value === null) continue;
    const now = Date.parse(sample.at) / 1000;
    const before = at.at(-1);
    if (before !== undefined && now - before > missedMax * stepSeconds) {
      at.push(before + stepSeconds);
      values.push(null);
    }
    at.push(now);
    values.push(value);
  }
  return { at, values };
}

/** Up to the limit, so that half full looks half full; further where more was used than the plan has. */
export const top = (limit: number, values: readonly (number | null)[]) => Math.max(limit, ...known(values)) * 1.06;

export interface Sum {
  last: number;
  average: number;
  most: number;
}

/** Null when nothing was measured. */
export function sum(values: readonly (number | null)[]): Sum | null {
  const all = known(values);
  const last = all.at(-1);
  if (last === undefined) return null;
  return { last, average: all.reduce((total, value) => total + value, 0) / all.length, most: Math.max(...all) };
}

export interface Part extends Sum {
  /** Milliseconds. */
  from: number;
}

/** The same in a few rows: equal parts of the time that was asked for, without those in which nothing was measured. */
export function inParts({ at, values }: Series, count = 24): Part[] {
  const [first, end] = [at[0], at.at(-1)];
  if (first === undefined || end === undefined) return [];
  const width = Math.max(1, (end - first) / count);
  const parts = Array.from({ length: count }, (): (number | null)[] => []);
  for (const [index, time] of at.entries()) parts[Math.min(count - 1, Math.floor((time - first) / width))]?.push(values[index] ?? null);
  return parts.flatMap((part, index) => {
    const found = sum(part);
    return found ? [{ from: (first + index * width) * 1000, ...found }] : [];
  });
}

const known = (values: readonly (number | null)[]) => values.filter((value) => value !== null);
