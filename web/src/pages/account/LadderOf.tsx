import { usePortal } from "../../api/billing";
import type { Ladder } from "../../api/types";
import { Button } from "../../parts/Button";
import { cx } from "../../parts/cx";
import { ActProblem } from "../../parts/States";
import { StatusShape } from "../../parts/Status";
import { Time } from "../../parts/Time";
import { ladder as words } from "../../texts/billing";
import { PayButton } from "../bots/PayButton";
import css from "./Ladder.module.css";

interface Props {
  ladder: Ladder;
  deployment: string;
}

/** Every step from the first day to the last, with its date; what was done is filled, and what comes next is said. */
export function LadderOf({ ladder: { cause, since, pay, steps }, deployment }: Props) {
  const portal = usePortal();
  const next = steps.findIndex((step) => step.doneAt === null);
  return (
    <section className={css.ladder} aria-label={words.title(cause, since)}>
      <h3>
        <StatusShape tone="bad" />
        {words.title(cause, since)}
      </h3>
      <p>{words.pay[pay] ?? words.pay["none"]}</p>
      <ol className={css.steps} aria-label={words.label}>
        {steps.map(({ kind, at, doneAt }, place) => (
          <li key={kind + at} className={cx(doneAt !== null && css.done, place === next && css.next, kind === "deleted" && css.last)}>
            <span className={css.mark} aria-hidden="true" />
            <span>
              {words.steps[kind] ?? kind}
              {doneAt !== null && <span className="unseen">{words.done}</span>}
              {place === next && <em>{words.next}</em>}
            </span>
            <Time at={doneAt ?? at} as="date" />
          </li>
        ))}
      </ol>
      {pay === "checkout" && <PayButton id={deployment} size="small" />}
      {pay === "portal" && (
        <Button kind="primary" size="small" busy={portal.busy || portal.answer !== undefined} onPress={() => portal.press()}>
          {words.toPortal}
        </Button>
      )}
      <ActProblem act={portal} />
    </section>
  );
}
