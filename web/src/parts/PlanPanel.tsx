import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Act } from "../api/act";
import { type Preview, previewOf } from "../api/config";
import { isOpen, useOperation } from "../api/operations";
import { plan as words, risks } from "../texts/config";
import { Button } from "./Button";
import { Changes } from "./Changes";
import { InvoicePreview } from "./InvoicePreview";
import css from "./PlanPanel.module.css";
import { ProblemCard } from "./States";
import { Status, StatusShape } from "./Status";
import { Countdown } from "./Time";
import { useNow } from "./useNow";

interface Props {
  bot: string;
  /** The operation that finds it out. */
  operation: string;
  /** The version that is active now. */
  active: number | null;
  /** More was typed since. */
  stale: boolean;
  /** Why nothing can be begun now; null when it can. */
  why: string | null;
  apply: Act<string, unknown>;
  onDrop: () => void;
  /** How a preview that failed is shown. */
  failed: ReactNode;
}

/** What a change would do, before it is made: to what, at what risk, for how long the bot would be away, at what price. */
export function PlanPanel({ operation, ...rest }: Props) {
  const { data } = useOperation(operation);
  if (!data || isOpen(data)) {
    return (
      <section className={css.panel} aria-label={words.title}>
        <Status tone="busy" word={words.making} />
      </section>
    );
  }
  const preview = data.kind === "preview" ? previewOf(data.result) : null;
  if (data.failure) return rest.failed;
  return preview ? <Found preview={preview} operation={operation} {...rest} /> : <p>{words.unreadable}</p>;
}

function Found({ bot, operation, preview, active, stale, why, apply, onDrop }: Omit<Props, "failed"> & { preview: Preview }) {
  const now = useNow(1000);
  const { diff, price, blocked } = preview;
  const over = Date.parse(preview.expires) < now;
  const other = active !== preview.from;
  const isBlocked = blocked !== null && blocked.length > 0;
  const hindrance = over ? words.gone : other ? words.other : isBlocked ? words.blocked : why;
  return (
    <section className={css.panel} aria-label={words.title}>
      <header className={css.head}>
        <h3>{words.title}</h3>
        {!over && !other && (
          <span className={css.good}>
            {words.good} <Countdown until={preview.expires} />
          </span>
        )}
      </header>
      <p className={css.sum} role="status">
        <span>{words.changes(diff.changes.length)}</span>
        <span>{risks[diff.risk]}</span>
        <span>{words.away(preview.restarts ? preview.downtimeSeconds : 0)}</span>
        <span>{price ? words.cost(price.fromMonthlyCents, price.toMonthlyCents, price.currency) : words.sameCost}</span>
      </p>
      {(over || other || stale) && <p className={css.note}>{over ? words.gone : other ? words.other : words.stale}</p>}
      {isBlocked && (
        <div className={css.blocked}>
          <h4>
            <StatusShape tone="bad" />
            {words.blocked}
          </h4>
          <ul className="bullets">
            {blocked.map((one) => (
              <li key={one.place + one.why}>
                <code>{one.place}</code> {one.why} {one.allow.length > 0 && words.needs(one.allow)}
              </li>
            ))}
          </ul>
        </div>
      )}
      <Changes changes={diff.changes} />
      {price && <InvoicePreview bot={bot} plan={price.plan} />}
      {preview.restarts && <p>{preview.moves ? words.moves : words.safety(preview.from, preview.firstGate)}</p>}
      {preview.checks.length > 0 && (
        <details className={css.checks}>
          <summary>{words.checks}</summary>
          <ul className="bullets">
            {preview.checks.map((check) => (
              <li key={check}>{check}</li>
            ))}
          </ul>
          <Link to="/bots/$id/operations/$op" params={{ id: bot, op: operation }}>
            {words.steps}
          </Link>
        </details>
      )}
      {apply.problem && <ProblemCard problem={apply.problem} onAgain={apply.problem.kind === "preview-void" ? undefined : apply.again} />}
      <div className={css.actions}>
        <Button kind="primary" why={hindrance ?? null} busy={apply.busy} onPress={() => apply.press(preview.token)}>
          {words.apply}
        </Button>
        <Button kind="quiet" onPress={onDrop} label={`${words.drop}: ${words.title}`}>
          {words.drop}
        </Button>
      </div>
    </section>
  );
}
