import { expect, it } from "vitest";
import type { Operation } from "../api/types";
import { awayMs } from "./away";

const begin = Date.parse("2026-11-28T10:00:00Z");

const step = (name: string, second: number, seconds: number, status = "done"): Operation["steps"][number] => ({
  name, title: name, status, attempt: 1, startedAt: new Date(begin + second * 1000).toISOString(), durationMs: seconds * 1000, detail: null, code: null,
  usualMs: null, compensates: null,
});

const upgrade = (...steps: Operation["steps"]) => ({ kind: "upgrade" as const, finishedAt: new Date(begin + 600_000).toISOString(), steps });

it("counts nothing where the bot was never stopped", () => {
  expect(awayMs(upgrade(step("candidate-start", 0, 4), step("candidate-health", 4, 60, "failed")))).toBe(0);
});

it("counts from the stop until the new version answered", () => {
  expect(awayMs(upgrade(step("candidate-health", 0, 20), step("switch", 20, 2), step("start", 22, 3), step("health", 25, 4), step("hold", 29, 60)))).toBe(9000);
});

it("counts until the old one answered again where the new one did not", () => {
  expect(awayMs(upgrade(step("switch", 20, 2), step("health", 25, 60, "failed"), step("return-bot", 85, 5)))).toBe(70_000);
});

it("does not know what is not measured", () => {
  expect(awayMs(upgrade(step("switch", 20, 2), step("health", 25, 60, "failed")))).toBeNull();
  expect(awayMs({ ...upgrade(), finishedAt: null })).toBeNull();
  expect(awayMs({ ...upgrade(), kind: "backup" })).toBeNull();
});
