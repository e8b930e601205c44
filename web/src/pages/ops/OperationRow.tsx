import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { BulkAction, StaffOperation } from "../../api/staff";
import type { Tone } from "../../api/types";
import { Button } from "../../parts/Button";
import { Id } from "../../parts/Copy";
import { cx } from "../../parts/cx";
import { StatusShape } from "../../parts/Status";
import { Elapsed, Time } from "../../parts/Time";
import { duration } from "../../texts/format";
import { operations, operationTone } from "../../texts/operations";
import { opsOperations as words } from "../../texts/ops";
import { ExtendDialog } from "./ExtendDialog";
import css from "./Ops.module.css";

const toneOf = (one: StaffOperation): Tone => (one.stuck === null ? operationTone[one.status] : "warn");

const wordOf = (one: StaffOperation) =>
  one.stuck === null ? (one.cancelling ? words.cancelling : operations.status[one.status]) : words.stuck(one.stuck);

interface Props {
  operation: StaffOperation;
  onAct: (action: BulkAction, operation: StaffOperation) => void;
  /** A box before it, where several can be taken together. */
  box?: ReactNode;
}

/** One operation of any customer: how it is, why, and what can be done. */
export function OperationRow({ operation: one, onAct, box }: Props) {
  const [tone, failed] = [toneOf(one), one.status === "failed"];
  const [extending, setExtending] = useState(false);
  return (
    <div className={cx(css.line, box !== undefined && css.withBox)}>
      {box}
      <StatusShape tone={tone} size={18} />
      <div className={css.text}>
        <span className={css.title}>
          <Link to="/ops/orchestrations/$id" params={{ id: one.id }}>
            {words.title1(one)}
          </Link>
          <span className={cx(css.word, css[`word${tone}`])}>{wordOf(one)}</span>
        </span>
        <span className={css.details}>
          <span>{words.step(one.stepTitle, failed)}</span>
          {one.finishedAt === null ? (
            <span>
              <Elapsed since={one.createdAt} />
              {one.usualMs !== null && `, ${words.usually(one.usualMs)}`}
            </span>
          ) : (
            <>
              <span>
                {operations.ended} <Time at={one.finishedAt} />
              </span>
              <span>{duration(Date.parse(one.finishedAt) - Date.parse(one.createdAt))}</span>
            </>
          )}
          {one.deadline !== null && one.finishedAt === null && (
            <span>
              {words.deadline} <Time at={one.deadline} />
            </span>
          )}
          {failed && !one.isNewest && <span>{words.superseded}</span>}
        </span>
        {one.waitingFor !== null && <p className={css.said}>{one.waitingFor}</p>}
        {one.failure && <p className={css.said}>{one.failure.message}</p>}
        <span className={css.details}>
          <Id value={one.id} />
          <span>{words.by(one.by)}</span>
          <Link to="/ops/accounts" search={{ q: one.account }}>
            {words.account}
          </Link>
          <Link to="/ops/audit" search={{ q: one.deployment }}>
            {words.record}
          </Link>
        </span>
      </div>
      <div className={css.buttons}>
        {one.retryable && (
          <Button size="small" label={`${words.retry}: ${words.title1(one)}`} onPress={() => onAct("retry", one)}>
            {words.retry}
          </Button>
        )}
        {one.rollsBackTo !== null && (
          <Button size="small" label={`${words.rollback}: ${words.title1(one)}`} onPress={() => onAct("rollback", one)}>
            {words.rollback}
          </Button>
        )}
        {one.extendable && (
          <Button size="small" label={`${words.extend}: ${words.title1(one)}`} onPress={() => setExtending(true)}>
            {words.extend}
          </Button>
        )}
        {one.cancellable && (
          <Button size="small" label={`${words.cancel}: ${words.title1(one)}`} onPress={() => onAct("cancel", one)}>
            {words.cancel}
          </Button>
        )}
      </div>
      {extending && <ExtendDialog operation={one} onClose={() => setExtending(false)} />}
    </div>
  );
}
