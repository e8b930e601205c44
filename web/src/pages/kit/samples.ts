import { Problem } from "../../api/problems";
import type { Operation, Step } from "../../api/types";

const now = Date.now();
const at = (seconds: number) => new Date(now + seconds * 1000).toISOString();

const step = (name: string, title: string, of: Partial<Step>): Step => ({
  name, title, status: "done", attempt: 1, startedAt: at(-60), durationMs: 1000, detail: null, code: null, usualMs: 1000, compensates: null, ...of,
});

/** Every status that a step can have. */
export const steps: Step[] = [
  step("verify-image", "Find the image and verify its signature", { attempt: 2, durationMs: 3100, detail: "The registry did not answer; it was asked again." }),
  step("reserve", "Reserve capacity", { startedAt: at(-56), durationMs: 420 }),
  step("pull", "Pull the verified image by digest", { status: "failed", startedAt: at(-55), durationMs: 21_000, detail: "The machine does not answer.", code: "vm-silent" }),
  step("undo-reserve", "The capacity was released", { startedAt: at(-33), durationMs: 900, compensates: "reserve" }),
  step("start", "Start the bot", { status: "started", startedAt: at(-12), durationMs: null, usualMs: 12_000 }),
  step("health", "Wait until the bot is ready", { status: "pending", attempt: 0, startedAt: null, durationMs: null, usualMs: 9000 }),
];

export const operation: Operation = {
  id: "op_kit", deployment: "dep_kit", deploymentName: "Ada", kind: "upgrade", status: "running", by: "acc_kit", createdAt: at(-60),
  deadline: at(600), finishedAt: null, result: null, failure: null, steps, ifCancelled: [], cancelling: false, retryable: false,
  undoUntil: null, usualMs: 41_000, waitingFor: null,
};

export const times = { past: at(-200), future: at(3 * 3600) };

export const problems = [
  new Problem({ kind: "busy", status: 409, title: "", detail: "upgrade op_1 was asked for by acc_1.", requestId: "req_01kb4k2m9xq7" }),
  new Problem({ kind: "too-many-attempts", status: 429, title: "", detail: "", retryAt: now + 30_000 }),
  Problem.unheard(),
];
