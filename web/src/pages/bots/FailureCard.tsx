import { useNavigate } from "@tanstack/react-router";
import { useRetryOperation } from "../../api/operations";
import type { Operation } from "../../api/types";
import { Button } from "../../parts/Button";
import { ProblemCard } from "../../parts/States";
import { StatusShape } from "../../parts/Status";
import { operations as words } from "../../texts/operations";
import css from "./FailureCard.module.css";

/** What happened, what was undone, what to do. */
export function FailureCard({ operation }: { operation: Operation }) {
  const navigate = useNavigate();
  const retry = useRetryOperation(operation, (op) => void navigate({ to: "/bots/$id/operations/$op", params: { id: operation.deployment, op } }));
  const { failure } = operation;
  if (failure === null) return null;
  const step = operation.steps.find((one) => one.name === failure.step);
  return (
    <section className={css.card} aria-label={words.why}>
      <header>
        <StatusShape tone="bad" size={20} />
        <div>
          <h2>{failure.message}</h2>
          <p className={css.step}>
            {step?.title ?? failure.step} <code>{failure.code}</code>
          </p>
        </div>
      </header>
      <div className={css.parts}>
        <div>
          <h3>{words.undone}</h3>
          {failure.undone.length === 0 ? (
            <p>{words.nothingUndone}</p>
          ) : (
            <ul>
              {failure.undone.map((one) => (
                <li key={one}>{one}</li>
              ))}
            </ul>
          )}
        </div>
        <div>
          <h3>{words.next}</h3>
          <p>{failure.next}</p>
          {operation.retryable && (
            <Button kind="primary" busy={retry.busy} onPress={() => retry.press()}>
              {words.retry}
            </Button>
          )}
        </div>
      </div>
      {retry.problem && <ProblemCard problem={retry.problem} onAgain={retry.again} />}
    </section>
  );
}
