import { type ReactNode, useEffect, useState } from "react";
import { clock } from "../api/clock";
import type { Act } from "../api/act";
import { mayHelp, Problem } from "../api/problems";
import { en } from "../texts/en";
import { wordsOf } from "../texts/problems";
import { Button } from "./Button";
import { Copyable } from "./Copy";
import { cx } from "./cx";
import { Resend } from "./Resend";
import css from "./States.module.css";
import { StatusShape } from "./Status";
import { Countdown, Time } from "./Time";
import { useNow } from "./useNow";

export { Empty } from "./Empty";

/** As high as what will be there; shown when that takes longer than people notice. */
export function Skeleton({ lines = 3, height = 24 }: { lines?: number; height?: number }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 200);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className={cx(css.skeleton, late && css.late)} role="status">
      <span className="unseen">{en.loading}</span>
      {Array.from({ length: lines }, (_, line) => (
        <div key={line} style={{ height }} />
      ))}
    </div>
  );
}

interface ProblemProps {
  problem: Problem;
  onAgain?: (() => void) | undefined;
  actions?: ReactNode;
}

/** What happened, what was done about it, what to do: in its place until it is over. */
export function ProblemCard({ problem, onAgain, actions }: ProblemProps) {
  const now = useNow(1000);
  const words = wordsOf(problem);
  const waits = problem.retryAt !== null && problem.retryAt > now;
  return (
    <div className={css.problem} role="alert">
      <StatusShape tone="bad" size={20} />
      <div>
        <h3>{words.title}</h3>
        <p>{words.text}</p>
        {words.next && <p>{words.next}</p>}
        {(onAgain || actions) && (
          <div className={css.problemActions}>
            {onAgain && (
              <Button size="small" onPress={onAgain} why={waits ? words.text : null}>
                {en.tryAgain}
                {waits && problem.retryAt !== null && (
                  <>
                    {" "}
                    <Countdown until={problem.retryAt} />
                  </>
                )}
              </Button>
            )}
            {actions}
          </div>
        )}
        {problem.requestId && (
          <p className={css.request}>
            {en.request} <Copyable value={problem.requestId} />
          </p>
        )}
      </div>
    </div>
  );
}

interface ActProps {
  act: Pick<Act<never, unknown>, "problem" | "again">;
  /** What is said of it beside a field already. */
  told?: string | null | undefined;
}

/** Why what was pressed was not done; again only where that may help. */
export function ActProblem({ act: { problem, again }, told = null }: ActProps) {
  if (problem === null || told !== null) return null;
  const unconfirmed = problem.kind === "email-unconfirmed";
  const helps = problem.retryAt !== null || mayHelp(problem) || unconfirmed;
  return <ProblemCard problem={problem} onAgain={helps ? again : undefined} actions={unconfirmed && <Resend />} />;
}

interface Query<T> {
  data: T | undefined;
  error: Error | null;
  dataUpdatedAt: number;
  refetch: () => unknown;
}

interface LoadedProps<T> {
  query: Query<T>;
  skeleton?: ReactNode;
  children: (data: T) => ReactNode;
}

/** What was read; what was read before when that fails, dimmed and with its time. */
export function Loaded<T>({ query, skeleton, children }: LoadedProps<T>) {
  const { data, error, dataUpdatedAt, refetch } = query;
  const problem = error && <ProblemCard problem={Problem.of(error)} onAgain={() => void refetch()} />;
  if (data === undefined) return problem ?? skeleton ?? <Skeleton />;
  // What is typed in it is in its place still when a question fails, and when the next one does not.
  return (
    <>
      {problem}
      {problem && (
        <p className={css.old}>
          <Time at={new Date(clock.ofOwn(dataUpdatedAt)).toISOString()} />
        </p>
      )}
      <div className={problem ? css.dimmed : css.fresh}>{children(data)}</div>
    </>
  );
}
