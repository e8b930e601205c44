import type { StaffHistoryEvent } from "../../api/staff";
import type { Step } from "../../api/types";

const begins = new Set(["TaskScheduled", "SubOrchestrationInstanceCreated", "TimerCreated"]);
const fails = new Set(["TaskFailed", "SubOrchestrationInstanceFailed"]);
const endsOf = new Set(["TaskCompleted", "SubOrchestrationInstanceCompleted", "TimerFired", ...fails]);

/** What the engine tells itself while it works: true, and of no use to who looks for what went wrong. */
const own = new Set(["OrchestratorStarted", "OrchestratorCompleted", "GenericEvent"]);
export const isOwn = (event: StaffHistoryEvent) => own.has(event.kind);

export interface Span extends Step {
  /** How long it took, or has taken. */
  ms: number;
}

/** Each begin with its end, as steps: what they have in common is the number of the task. */
export function spansOf(events: readonly StaffHistoryEvent[], timer: string, now: number): Span[] {
  const ends = new Map(events.filter((one) => endsOf.has(one.kind) && one.task !== null).map((one) => [one.task, one]));
  // Where the saga has ended nothing of it goes on: what has no end then was left, as a timer that was not needed any more.
  const over = events.find((one) => one.kind === "ExecutionCompleted" || one.kind === "ExecutionTerminated");
  return events.flatMap((event) => {
    if (!begins.has(event.kind)) return [];
    const end = ends.get(event.task);
    const at = Date.parse(event.at);
    if (!end && over) return [];
    const ms = Math.max(0, (end ? Date.parse(end.at) : now) - at);
    return [
      {
        name: String(event.number),
        title: event.kind === "TimerCreated" ? timer : (event.name ?? event.kind),
        status: end ? (fails.has(end.kind) ? "failed" : "done") : "started",
        attempt: 1, startedAt: event.at, durationMs: end ? ms : null, detail: end?.failure ?? null, code: null, usualMs: null, compensates: null, ms,
      } satisfies Span,
    ];
  });
}

/** The longest of them, in the order in which they began. */
export const longest = (spans: readonly Span[], max: number) =>
  spans.toSorted((a, b) => b.ms - a.ms).slice(0, max).toSorted((a, b) => Date.parse(a.startedAt ?? "") - Date.parse(b.startedAt ?? ""));
