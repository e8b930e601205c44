import type { Operation } from "../api/types";

type Step = Operation["steps"][number];

/** Steps that stop the bot, and those after which it answers again: shared/Operations/Steps.cs. */
const leaves = ["switch", "vacate"];
const returns = ["health", "return-bot", "return-here"];
const changes: readonly Operation["kind"][] = ["update", "upgrade", "rollback", "restore", "move", "rehearsal"];

/** How long the bot was away for a change that has ended, as its steps were measured; null where they do not tell. */
export function awayMs({ kind, finishedAt, steps }: Pick<Operation, "kind" | "finishedAt" | "steps">): number | null {
  if (finishedAt === null || !changes.includes(kind)) return null;
  const left = steps.filter((step) => leaves.includes(step.name)).flatMap(startOf)[0];
  if (left === undefined) return 0;
  const back = steps.filter((step) => returns.includes(step.name) && step.status === "done").flatMap(endOf).filter((end) => end >= left);
  return back.length === 0 ? null : Math.max(...back) - left;
}

const startOf = ({ startedAt }: Step) => (startedAt === null ? [] : [Date.parse(startedAt)]);
const endOf = (step: Step) => startOf(step).map((start) => start + (step.durationMs ?? 0));
