import { Link, type LinkProps } from "@tanstack/react-router";
import { useState } from "react";
import { type BulkAction, type StaffInvariant, type StaffOperation, type StaffOverview, type StaffUnserved, useOverview } from "../../api/staff";
import type { Tone } from "../../api/types";
import { ButtonLink } from "../../parts/Button";
import { Card, Page, Split } from "../../parts/Layout";
import { Meter } from "../../parts/Meter";
import { Loaded, Skeleton } from "../../parts/States";
import { StatusShape } from "../../parts/Status";
import { Time } from "../../parts/Time";
import { statusWords } from "../../texts/operations";
import { opsHome as words, opsOperations } from "../../texts/ops";
import { ActDialog } from "./ActDialog";
import { OperationRow } from "./OperationRow";
import css from "./Ops.module.css";
import { fillTone } from "./vmParts";

const isWell = ({ stuck, failed, paidNotRunning, alerts, invariants }: StaffOverview) =>
  stuck.length + failed.length + paidNotRunning.length + alerts.open === 0 && invariants.every((one) => one.holds !== false);

/** What is wrong, first; and that nothing is, with when that was seen. */
export function OpsHome() {
  const query = useOverview();
  return (
    <Page title={words.title}>
      <Loaded query={query} skeleton={<Skeleton lines={4} height={72} />}>
        {(seen) => (
          <>
            {isWell(seen) ? (
              <p className={css.well}>
                <StatusShape tone="ok" size={18} />
                <strong>{words.well}</strong>
                <span>
                  {words.lastCheck} <Time at={seen.checkedAt} />
                </span>
              </p>
            ) : (
              <Wrong seen={seen} />
            )}
            <Split>
              <Invariants all={seen.invariants} />
              <Machines vms={seen.vms} />
            </Split>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Wrong({ seen }: { seen: StaffOverview }) {
  const [act, setAct] = useState<{ action: BulkAction; operation: StaffOperation } | null>(null);
  const { stuck, failed, paidNotRunning, alerts } = seen;
  const onAct = (action: BulkAction, operation: StaffOperation) => setAct({ action, operation });
  return (
    <>
      <nav className={css.sums} aria-label={words.sumsLabel}>
        <Sum to="/ops/operations" search={{ status: "stuck" }} tone="warn" count={stuck.length} name={words.sums.stuck} />
        <Sum to="/ops/operations" search={{ status: "failed" }} tone="bad" count={failed.length} name={words.sums.failed} />
        <Sum to="/ops" hash="paid" tone="bad" count={paidNotRunning.length} name={words.sums.paid} />
        <Sum
          to="/ops/alerts"
          tone={alerts.unattended > 0 ? "bad" : "warn"}
          count={alerts.open}
          more={alerts.hasMore}
          name={words.sums.alerts}
          note={alerts.open > 0 ? words.unattended(alerts.unattended) : undefined}
        />
      </nav>
      {stuck.length + failed.length + paidNotRunning.length > 0 && (
        <Card
          title={words.pinned}
          flush
          actions={
            <ButtonLink to="/ops/operations" size="small">
              {words.seeAll}
            </ButtonLink>
          }
        >
          <ul className={css.rows}>
            {stuck.map((one) => (
              <li key={one.id}>
                <OperationRow operation={one} onAct={onAct} />
              </li>
            ))}
            {failed.map((one) => (
              <li key={one.id}>
                <OperationRow operation={one} onAct={onAct} />
              </li>
            ))}
            {paidNotRunning.map((one, index) => (
              <li key={one.deployment} id={index === 0 ? "paid" : undefined}>
                <Unserved one={one} />
              </li>
            ))}
          </ul>
        </Card>
      )}
      <p className={css.quiet}>
        {words.lastCheck} <Time at={seen.checkedAt} />
      </p>
      {act && <ActDialog action={act.action} chosen={[{ id: act.operation.id, operation: act.operation }]} onClose={() => setAct(null)} />}
    </>
  );
}

interface SumProps extends LinkProps {
  tone: Tone;
  count: number;
  more?: boolean;
  name: string;
  note?: string | undefined;
}

const Sum = ({ tone, count, more = false, name, note, ...to }: SumProps) => (
  <Link {...to} className={css.sum}>
    <strong>
      {count > 0 && <StatusShape tone={tone} size={20} />}
      {words.atLeast(count, more)}
    </strong>
    <span>{name}</span>
    {note && <small>{note}</small>}
  </Link>
);

const Unserved = ({ one }: { one: StaffUnserved }) => (
  <div className={css.line}>
    <StatusShape tone="bad" size={18} />
    <div className={css.text}>
      <span className={css.title}>
        {one.operation === null ? (
          words.paidText(one.name)
        ) : (
          <Link to="/ops/orchestrations/$id" params={{ id: one.operation }}>
            {words.paidText(one.name)}
          </Link>
        )}
      </span>
      <span className={css.details}>
        <span>{statusWords[one.status].word}</span>
        <Link to="/ops/accounts" search={{ q: one.account }}>
          {opsOperations.account}
        </Link>
        <Link to="/ops/audit" search={{ q: one.deployment }}>
          {opsOperations.record}
        </Link>
      </span>
    </div>
  </div>
);

const toneOf = (holds: boolean | null): Tone => (holds === null ? "idle" : holds ? "ok" : "bad");

const Invariants = ({ all }: { all: readonly StaffInvariant[] }) => (
  <Card title={words.invariants} actions={<span className={css.quiet}>{words.holding(all.filter((one) => one.holds === true).length, all.length)}</span>} flush>
    <ul className={css.rows}>
      {all.toSorted((a, b) => Number(a.holds ?? true) - Number(b.holds ?? true)).map((one) => (
        <li key={one.name}>
          <div className={css.line}>
            <StatusShape tone={toneOf(one.holds)} size={18} />
            <div className={css.text}>
              <span className={css.title}>
                {one.rule}
                <span className={`${css.word} ${css[`word${toneOf(one.holds)}`]}`}>{words.holds(one.holds)}</span>
              </span>
              {one.detail !== null && <p className={css.said}>{one.detail}</p>}
              <span className={css.details}>
                <code>{one.name}</code>
                {one.checkedAt === null ? (
                  <span>{words.notChecked}</span>
                ) : (
                  <span>
                    {words.checked} <Time at={one.checkedAt} />
                  </span>
                )}
              </span>
            </div>
          </div>
        </li>
      ))}
    </ul>
  </Card>
);

const Machines = ({ vms }: { vms: StaffOverview["vms"] }) => (
  <Card
    title={words.vms}
    actions={
      <ButtonLink to="/ops/vms" size="small">
        {words.seeVms}
      </ButtonLink>
    }
  >
    <div className="stack">
      <p>{words.vmCount(vms.count)}</p>
      <Meter label={words.fillLabel} words={words.fill(vms.usedMb, vms.memoryMb)} value={vms.usedMb} max={vms.memoryMb} tone={fillTone(vms.usedMb, vms.memoryMb)} />
    </div>
  </Card>
);
