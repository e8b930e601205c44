import { Problem } from "../../api/problems";
import type { Drift } from "../../api/drift";
import type { Provenance } from "../../api/provenance";
import type { Health, Operation, Step } from "../../api/types";
import type { Usage } from "../../api/usage";

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
  undoUntil: null, usualMs: 41_000, waitingFor: null, downtimeMs: null, preview: null,
};

export const times = { past: at(-200), future: at(3 * 3600) };

export const problems = [
  new Problem({ kind: "busy", status: 409, title: "", detail: "upgrade op_1 was asked for by acc_1.", requestId: "req_01kb4k2m9xq7" }),
  new Problem({ kind: "too-many-attempts", status: 429, title: "", detail: "", retryAt: now + 30_000 }),
  Problem.unheard(),
];

export const botId = "dep_kit";

const hash = (of: string) => of.repeat(32);

/** A day with a gap, and a moment above the limit. */
export const usage: Usage = {
  cpus: 1, memoryMb: 2048, storageMb: 10_240, stepSeconds: 600,
  samples: Array.from({ length: 144 }, (_, index) => ({
    at: at((index - 144) * 600),
    cpu: index === 100 ? 1.2 : 0.4 + 0.2 * Math.sin(index / 9),
    memoryMb: 900,
    storageMb: 2400,
  })).filter((_, index) => index < 60 || index > 68),
};

const well: Health = {
  state: "up", blind: [], said: null, since: null, restarts: 0, lastRestartAt: null, givenUp: null, observers: [],
  storage: { sizeMb: 10_240, usedMb: 2400, freeMb: 7840, low: false },
};

export const healths: Health[] = [
  well,
  { ...well, state: "observer-problem", blind: ["outside"], said: "outside: no answer within 5 s", since: at(-300), restarts: 2, lastRestartAt: at(-4000) },
  { ...well, state: "down", said: "ssh: ended, out of memory", since: at(-60), givenUp: "Five restarts did not help.", storage: null },
];

const trusted: Provenance = {
  version: 7, image: `registry.example.com/openclaw@sha256:${hash("1a")}`, digest: `sha256:${hash("1a")}`, trusted: true, refusal: null, key: hash("5e"),
  checkedAt: at(-3600), config: hash("a4"), release: "2026.9.3", seenAt: at(-31),
  files: [{ path: "openclaw.json", written: hash("2b"), found: hash("2b") }, { path: "SOUL.md", written: hash("3c"), found: hash("3c") }],
};

export const provenances: Provenance[] = [
  trusted,
  {
    ...trusted, trusted: false, refusal: "None of the keys of this Launchpad signed it.", key: null,
    files: [{ path: "openclaw.json", written: hash("2b"), found: hash("9d") }, { path: "SOUL.md", written: hash("3c"), found: null }],
  },
];

const difference: Drift = {
  fingerprint: "f1", vm: "vm_kit", foundAt: at(-7200), lastSeenAt: at(-31), closedAt: null, acceptedAt: null, can: ["accept", "revert"],
  differences: [{ what: "openclaw.json", wanted: hash("1a"), found: hash("2b") }],
};

export const drift: { drift: Drift[] } = {
  drift: [difference, { ...difference, fingerprint: "f2", acceptedAt: at(-3600), can: ["revert"], differences: [{ what: "limits", wanted: "2048 MB memory", found: "4096 MB memory" }] }],
};

export const browsers = {
  waiting: [
    { request: "req_7f3a91", name: "Pixel 9", platform: "Android", since: at(-42) },
    { request: "req_99aa00", name: null, platform: null, since: at(-300) },
  ],
};
