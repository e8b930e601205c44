import { expect, it } from "vitest";
import type { Usage } from "../api/usage";
import { inParts, measures, series, sum, top } from "./series";

const begin = Date.parse("2026-11-28T10:00:00Z");

const usage = (...samples: [minute: number, cpu: number, storageMb?: number | null][]): Usage => ({
  cpus: 1,
  memoryMb: 2048,
  storageMb: 10_240,
  stepSeconds: 60,
  samples: samples.map(([minute, cpu, storageMb = 100]) => ({ at: new Date(begin + minute * 60_000).toISOString(), cpu, memoryMb: 512, storageMb })),
});

it("breaks the line where nothing was measured for a while", () => {
  const { at, values } = series(usage([0, 0.1], [1, 0.2], [3, 0.3], [30, 0.4]), measures.cpu);
  expect(values).toEqual([0.1, 0.2, 0.3, null, 0.4]);
  expect(at).toEqual([0, 60, 180, 240, 1800].map((second) => begin / 1000 + second));
});

it("draws up to the limit, and further when more was used", () => {
  expect(top(1, [0.2, null, 0.4])).toBeCloseTo(1.06);
  expect(top(1, [0.2, 2])).toBeCloseTo(2.12);
});

it("sums up what is known", () => {
  expect(sum(series(usage([0, 0], [1, 0, null], [2, 0, 300]), measures.disk).values)).toEqual({ last: 300, average: 200, most: 300 });
  expect(sum([])).toBeNull();
  expect(sum([null])).toBeNull();
});

it("says the same in a few rows", () => {
  const parts = inParts(series(usage([0, 0.2], [1, 0.4], [60, 0.8]), measures.cpu), 4);
  expect(parts).toHaveLength(2);
  expect(parts[0]).toMatchObject({ from: begin, most: 0.4, last: 0.4 });
  expect(parts[0]?.average).toBeCloseTo(0.3);
  expect(parts[1]).toMatchObject({ from: begin + 45 * 60_000, average: 0.8 });
  expect(inParts({ at: [], values: [] })).toEqual([]);
});
