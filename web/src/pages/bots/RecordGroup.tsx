import { Link } from "@tanstack/react-router";
import { memo } from "react";
import { Copyable } from "../../parts/Copy";
import { cx } from "../../parts/cx";
import { Line, LineTitle } from "../../parts/Rows";
import { StatusShape } from "../../parts/Status";
import { Time } from "../../parts/Time";
import { type Group, textIn } from "../../record/group";
import type { Row } from "../../record/verify";
import { record as words } from "../../texts/record";
import css from "./RecordPage.module.css";

interface Props {
  group: Group;
  bot: string;
  me: string | undefined;
  brokenAt: number | null;
}

/** An operation with its rows folded in, or a row of its own. */
export const RecordGroup = memo(function RecordGroup({ group: { rows, operation }, bot, me, brokenAt }: Props) {
  const first = rows[0];
  if (!first) return null;
  const head = rows.find((row) => row.kind === "action") ?? first;
  const hasFailed = rows.some((row) => textIn(row, "outcome") === "failed");
  const isBroken = brokenAt !== null && rows.some((row) => row.sequence === brokenAt);
  return (
    <Line>
      <LineTitle>
        <strong>{words.actor(head.actor, me)}</strong>
        <span>{words.says(head)}</span>
        {hasFailed && <StatusShape tone="warn" />}
        {operation !== null && (
          <Link to="/bots/$id/operations/$op" params={{ id: bot, op: operation }} className={css.link}>
            {words.steps}
          </Link>
        )}
        <span className={css.when}>
          <Time at={head.at} />
        </span>
      </LineTitle>
      <details className={css.rows} open={isBroken || undefined}>
        <summary>{words.details(rows.length)}</summary>
        <ol>
          {rows.map((row) => (
            <Entry key={row.sequence} row={row} me={me} breaks={row.sequence === brokenAt} />
          ))}
        </ol>
      </details>
    </Line>
  );
});

const Entry = ({ row, me, breaks }: { row: Row; me: string | undefined; breaks: boolean }) => (
  <li id={`row-${row.sequence}`} tabIndex={-1} className={cx(css.row, breaks && css.breaks)}>
    <code>{words.rowNumber(row.sequence)}</code>
    <span className={cx(textIn(row, "outcome") === "failed" && css.failed)}>
      {words.actor(row.actor, me)} {words.says(row)}
    </span>
    <span className={css.time}>
      <Time at={row.at} as="clock" />
    </span>
    {breaks && <p className={css.failed}>{words.broke}</p>}
    {textIn(row, "detail") !== null && <p>{textIn(row, "detail")}</p>}
    {typeof row.words === "string" && <p className={css.failed}>{row.words}</p>}
    <details>
      <summary>
        {words.hash} <code>{row.hash.slice(0, 8)}</code>
      </summary>
      <dl>
        <dt>{words.previous}</dt>
        <dd>
          <Copyable value={row.previous} />
        </dd>
        <dt>{words.hash}</dt>
        <dd>
          <Copyable value={row.hash} />
        </dd>
      </dl>
    </details>
  </li>
);
