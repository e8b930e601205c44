import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Problem } from "../../api/problems";
import { type StaffFinding, type StaffReconciler, type StaffRun, useFix, useFixPreview, useReconcile, useReconcileRun } from "../../api/staff";
import { Button, ButtonLink } from "../../parts/Button";
import { type Column, DataTable } from "../../parts/DataTable";
import { Dialog } from "../../parts/Dialog";
import { Card, Facts, Page, Split } from "../../parts/Layout";
import { Empty, Loaded, ProblemCard, Skeleton } from "../../parts/States";
import { StatusShape } from "../../parts/Status";
import { Time } from "../../parts/Time";
import { ops } from "../../texts/ops";
import { opsReconcile as words } from "../../texts/opsMap";
import css from "./Ops.module.css";

// Kinds and reconcilers of a newer API are shown as they are spelled there.
const kindOf = (what: string) => (what in words.kinds ? words.kinds[what as keyof typeof words.kinds] : what);
const nameOf = (name: string) => (name in words.names ? words.names[name as keyof typeof words.names] : name);

/** What is not as it should be, and what was. */
export function Reconcile() {
  const query = useReconcile();
  const run = useReconcileRun();
  const going = query.data?.run?.doneAt === null;
  return (
    <Page
      title={words.title}
      intro={words.intro}
      actions={
        <Button kind="primary" busy={run.busy} why={going ? words.going : null} onPress={() => run.press()}>
          {words.run}
        </Button>
      }
    >
      {run.problem && <ProblemCard problem={run.problem} onAgain={run.again} />}
      <Loaded query={query} skeleton={<Skeleton lines={4} height={72} />}>
        {(seen) => (
          <>
            <Card title={words.open} flush>
              {seen.open.length === 0 ? (
                <Empty {...words.noOpen} />
              ) : (
                <ul className={css.rows}>
                  {seen.open.map((one) => (
                    <li key={one.id}>
                      <Open finding={one} />
                    </li>
                  ))}
                </ul>
              )}
            </Card>
            <Split>
              <Healed all={seen.healed} />
              <div className="stack">
                <Newest run={seen.run} />
                <Looked all={seen.reconcilers} />
              </div>
            </Split>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Open({ finding: one }: { finding: StaffFinding }) {
  const [fixing, setFixing] = useState(false);
  return (
    <div className={css.line}>
      <StatusShape tone="bad" size={18} />
      <div className={css.text}>
        <span className={css.title}>{kindOf(one.what)}</span>
        <span className={css.details}>
          <Subject of={one} />
          <span>
            {words.at} <Time at={one.at} />
          </span>
          {one.account !== null && (
            <Link to="/ops/accounts" search={{ q: one.account }}>
              {ops.nav.accounts}
            </Link>
          )}
        </span>
      </div>
      {one.fixable && (
        <div className={css.buttons}>
          <Button size="small" label={`${words.fixTitle(kindOf(one.what))}, ${one.subject}`} onPress={() => setFixing(true)}>
            {words.fix}
          </Button>
        </div>
      )}
      {fixing && <Fix finding={one} onClose={() => setFixing(false)} />}
    </div>
  );
}

const Subject = ({ of: { subject } }: { of: StaffFinding }) =>
  subject.startsWith("dep_") && !subject.includes(" ") ? (
    <Link to="/ops/audit" search={{ q: subject }}>
      {subject}
    </Link>
  ) : subject.startsWith("vm_") && !subject.includes(" ") ? (
    <Link to="/ops/vms/$vm" params={{ vm: subject }}>
      {subject}
    </Link>
  ) : (
    <span>{subject}</span>
  );

/** What would be done is asked for first, and then exactly that is. */
function Fix({ finding, onClose }: { finding: StaffFinding; onClose: () => void }) {
  const preview = useFixPreview(finding.id);
  const fix = useFix(finding.id);
  const done = fix.answer;
  return (
    <Dialog
      title={words.fixTitle(kindOf(finding.what))}
      onClose={onClose}
      actions={
        done ? (
          <Button kind="primary" onPress={onClose}>
            {words.close}
          </Button>
        ) : (
          <>
            <Button onPress={onClose}>{words.keep}</Button>
            {preview.data && (
              <Button kind="primary" busy={fix.busy} onPress={() => fix.press()}>
                {words.fixGo}
              </Button>
            )}
          </>
        )
      }
    >
      <div className="stack">
        {done ? (
          <div role="status" className="stack">
            <p>{words.fixDone}</p>
            {done.operation !== null && (
              <ButtonLink to="/ops/orchestrations/$id" params={{ id: done.operation }} size="small">
                {words.fixGoesOn}
              </ButtonLink>
            )}
          </div>
        ) : preview.data ? (
          <>
            <h3>{words.fixSays}</h3>
            <p>{preview.data.says}</p>
          </>
        ) : preview.error ? (
          <ProblemCard problem={Problem.of(preview.error)} />
        ) : (
          <Skeleton lines={2} />
        )}
        {fix.problem && <ProblemCard problem={fix.problem} onAgain={fix.again} />}
      </div>
    </Dialog>
  );
}

const Newest = ({ run }: { run: StaffRun | null }) => (
  <Card title={words.runTitle}>
    {run === null ? (
      <p>{words.runNever}</p>
    ) : (
      <Facts
        facts={[
          [words.asked, <Time key="asked" at={run.askedAt} />],
          [words.by, <code key="by">{run.by}</code>],
          [words.begun, run.begunAt === null ? words.soon : <Time key="begun" at={run.begunAt} />],
          [words.done, run.doneAt === null ? words.notDone : <Time key="done" at={run.doneAt} />],
          [words.healed, String(run.healed)],
          run.open === null ? null : [words.left, String(run.open)],
        ]}
      />
    )}
  </Card>
);

const Looked = ({ all }: { all: readonly StaffReconciler[] }) => (
  <Card title={words.reconcilers}>
    {all.map((one) => (
      <section key={one.name} aria-label={nameOf(one.name)}>
        <h3>{nameOf(one.name)}</h3>
        <Facts
          facts={[
            [words.wholly, one.wholly === null ? ops.never : <Time key="wholly" at={one.wholly} />],
            [words.lately, one.lately === null ? ops.never : <Time key="lately" at={one.lately} />],
          ]}
        />
      </section>
    ))}
  </Card>
);

const columns: readonly Column<StaffFinding>[] = [
  { title: words.what, cell: (one) => kindOf(one.what) },
  { title: words.subject, cell: (one) => <span className={css.breaks}><Subject of={one} /></span> },
  { title: words.healedAt, cell: (one) => <Time at={one.at} />, end: true },
];

const Healed = ({ all }: { all: readonly StaffFinding[] }) => (
  <Card title={words.healedTitle} flush={all.length > 0}>
    {all.length === 0 ? <p>{words.noHealed}</p> : <DataTable label={words.healedTitle} columns={columns} rows={all} id={(one) => `${one.id} ${one.at}`} />}
  </Card>
);
