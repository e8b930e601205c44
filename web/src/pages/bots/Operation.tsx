import { useParams } from "@tanstack/react-router";
import { useMe } from "../../api/account";
import { isOpen, useOperation } from "../../api/operations";
import type { Operation } from "../../api/types";
import { Id } from "../../parts/Copy";
import { Card, Facts, Split, Stack } from "../../parts/Layout";
import { progress } from "../../parts/OperationStrip";
import { Loaded, Skeleton } from "../../parts/States";
import { Status } from "../../parts/Status";
import { StepList } from "../../parts/StepList";
import { Elapsed, Time } from "../../parts/Time";
import { Waterfall } from "../../parts/Waterfall";
import { duration } from "../../texts/format";
import { operationTone, operations as words } from "../../texts/operations";
import { CancelOperation } from "./CancelOperation";
import { FailureCard } from "./FailureCard";
import css from "./Operation.module.css";

/** One thing that was asked of a bot: each step, why it waits, and how it ended. */
export function OperationPage() {
  const { op } = useParams({ from: "/signed-in/bots/$id/operations/$op" });
  const query = useOperation(op);
  return (
    <Loaded query={query} skeleton={<Skeleton lines={6} height={40} />}>
      {(operation) => <Shown operation={operation} />}
    </Loaded>
  );
}

function Shown({ operation }: { operation: Operation }) {
  const open = isOpen(operation);
  return (
    <>
      <Head operation={operation} />
      {operation.waitingFor && (
        <p className={css.waiting}>
          <Status tone="warn" word={words.waiting(operation.waitingFor.what)} />
          <span>{words.waitingUntil(Date.parse(operation.waitingFor.since), Date.parse(operation.waitingFor.until))}</span>
        </p>
      )}
      <FailureCard operation={operation} />
      <Split>
        <Card title={words.steps}>
          <StepList steps={operation.steps} />
          {open && (
            <div className={css.foot}>
              <p>{words.leave}</p>
              <CancelOperation operation={operation} />
            </div>
          )}
        </Card>
        <Stack>
          <Card title={words.waterfall}>
            <Waterfall steps={operation.steps} />
          </Card>
          <About operation={operation} />
        </Stack>
      </Split>
    </>
  );
}

function Head({ operation }: { operation: Operation }) {
  const open = isOpen(operation);
  const { at, of, current } = progress(operation);
  const took = operation.finishedAt === null ? null : Date.parse(operation.finishedAt) - Date.parse(operation.createdAt);
  return (
    <header className={css.head}>
      <h2>{words.title(operation.kind, operation.deploymentName)}</h2>
      <Status tone={operationTone[operation.status]} word={words.status[operation.status]} pill />
      <span className={css.time}>
        {took === null ? <Elapsed since={operation.createdAt} /> : duration(took)}
        {open && operation.usualMs !== null && <span>{words.usually(operation.usualMs)}</span>}
      </span>
      {open && (
        <p className={css.now}>{operation.cancelling ? words.cancelling : current ? words.stepOf(at, of, current.title) : words.status.accepted}</p>
      )}
    </header>
  );
}

function About({ operation }: { operation: Operation }) {
  const me = useMe();
  const away = operation.downtimeMs;
  return (
    <Card title={words.asked}>
      <Facts
        facts={[
          [words.by, words.actor(operation.by, me.data?.id)],
          [words.asked, <Time key="asked" at={operation.createdAt} />],
          operation.finishedAt === null
            ? [words.until, <Time key="until" at={operation.deadline} as="clock" />]
            : [words.ended, <Time key="ended" at={operation.finishedAt} />],
          away === null ? null : [words.away, words.awayFor(away)],
          operation.result === null ? null : [words.result, operation.result],
          [words.id, <Id key="id" value={operation.id} />],
        ]}
      />
    </Card>
  );
}
