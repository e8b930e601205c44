import { type ReactNode, useEffect, useRef, useState } from "react";
import type { Step, Tone } from "../api/types";
import { duration } from "../texts/format";
import { operations as words } from "../texts/operations";
import { cx } from "./cx";
import { StatusShape } from "./Status";
import css from "./StepList.module.css";
import { useNow } from "./useNow";

const tones: Record<string, Tone> = { pending: "idle", started: "busy", done: "ok", failed: "bad" };

function Took({ step }: { step: Step }) {
  const now = useNow(1000);
  if (step.status === "pending") return step.usualMs === null ? null : <>{words.usually(step.usualMs)}</>;
  if (step.status === "started" && step.startedAt !== null)
    return <>{words.soFar(Math.max(0, Math.round((now - Date.parse(step.startedAt)) / 1000) * 1000), step.usualMs)}</>;
  return step.durationMs === null ? null : <>{duration(step.durationMs)}</>;
}

interface Props {
  steps: readonly Step[];
  /** Nothing is read out: it is a picture of what was, and stands still because it keeps room for what each step is going to say. */
  silent?: boolean;
}

/** The steps of an operation, with each one's reason in words. */
export const StepList = ({ steps, silent = false }: Props) => {
  const titles = new Map(steps.map((step) => [step.name, step.title]));
  return (
    <>
      <ol className={css.list}>
        {steps.map((step) => (
          <li key={step.name} className={cx(css.step, css[step.status], step.compensates !== null && css.undo)}>
            <StatusShape tone={tones[step.status] ?? "idle"} size={18} />
            <div className={css.text}>
              <span className={css.title}>
                {step.title}
                {step.attempt > 1 && <span className={css.attempt}>{words.attempt(step.attempt)}</span>}
              </span>
              {step.detail && <span className={cx(css.detail, silent && step.status !== "done" && css.later)}>{step.detail}</span>}
              {step.compensates !== null && (
                <span className={css.detail}>{words.takesBack(titles.get(step.compensates) ?? step.compensates)}</span>
              )}
            </div>
            <span className={css.took}>
              <Took step={step} />
            </span>
          </li>
        ))}
      </ol>
      {!silent && <Said each={5000}>{saying(steps)}</Said>}
    </>
  );
};

function saying(steps: readonly Step[]) {
  const current = steps.findLast((step) => step.status !== "pending");
  return current ? `${current.title}. ${current.detail ?? ""}` : "";
}

/** Read out, though not more often than somebody can listen. */
function Said({ each, children }: { each: number; children: ReactNode }) {
  const [said, setSaid] = useState(children);
  const newest = useRef(children);
  useEffect(() => {
    newest.current = children;
  });
  useEffect(() => {
    const timer = setInterval(() => setSaid(newest.current), each);
    return () => clearInterval(timer);
  }, [each]);
  return (
    <p className="unseen" role="status">
      {said}
    </p>
  );
}
