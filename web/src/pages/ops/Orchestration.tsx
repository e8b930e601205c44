import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { type BulkAction, type StaffHistoryEvent, type StaffOrchestration, useOrchestration, useStaffOperation } from "../../api/staff";
import type { Tone } from "../../api/types";
import { Button } from "../../parts/Button";
import { Copyable } from "../../parts/Copy";
import { type Column, DataTable } from "../../parts/DataTable";
import { Card, Facts, Page, Split } from "../../parts/Layout";
import { Segments } from "../../parts/Segments";
import { Empty, Loaded, Skeleton } from "../../parts/States";
import { Status } from "../../parts/Status";
import { Time } from "../../parts/Time";
import { useNow } from "../../parts/useNow";
import { Waterfall } from "../../parts/Waterfall";
import { duration } from "../../texts/format";
import { ops, opsSaga as words } from "../../texts/ops";
import { ActDialog } from "./ActDialog";
import { OperationRow } from "./OperationRow";
import { isOwn, longest, spansOf } from "./saga";
import css from "./Ops.module.css";

// More bars than this are no picture any more.
const barsMax = 40;

const tones: Partial<Record<string, Tone>> = { Running: "busy", Pending: "busy", ContinuedAsNew: "busy", Completed: "ok", Failed: "bad", Terminated: "warn", Suspended: "warn" };

/** How one saga went, as the engine remembers it. An operation's has the operation's id. */
export function Orchestration() {
  const { id } = useParams({ from: "/staff/ops/orchestrations/$id" });
  const query = useOrchestration(id);
  const last = query.data?.pages.at(-1);
  return (
    <Page title={last?.name ?? words.loading} actions={last && <Status tone={tones[last.status] ?? "idle"} word={words.statuses[last.status] ?? last.status} pill />}>
      {id.startsWith("op_") && <OfOperation id={id} />}
      <Loaded query={query} skeleton={<Skeleton lines={6} height={40} />}>
        {({ pages }) => {
          const [head] = pages;
          if (head === undefined) return null;
          const events = pages.flatMap((page) => page.events);
          return (
            <>
              <Split>
                <Picture events={events} />
                <About head={pages.at(-1) ?? head} />
              </Split>
              <Events
                events={events}
                from={Date.parse(head.createdAt)}
                more={query.hasNextPage ? { go: () => void query.fetchNextPage(), busy: query.isFetchingNextPage } : null}
              />
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

/** What it is for, and what can be done with that: also for one that went well, which no list of what is wrong has. */
function OfOperation({ id }: { id: string }) {
  const { data } = useStaffOperation(id);
  const [act, setAct] = useState<BulkAction | null>(null);
  if (data === undefined) return null;
  const { operation } = data;
  return (
    <Card flush>
      <ul className={css.rows}>
        <li>
          <OperationRow operation={operation} onAct={setAct} />
        </li>
      </ul>
      {act && <ActDialog action={act} chosen={[{ id, operation }]} onClose={() => setAct(null)} />}
    </Card>
  );
}

function Picture({ events }: { events: readonly StaffHistoryEvent[] }) {
  const now = useNow(1000);
  const spans = spansOf(events, words.timer, now);
  return (
    <Card title={words.waterfall}>
      {spans.length === 0 ? (
        <Empty {...words.noEvents} />
      ) : (
        <div className="stack">
          {spans.length > barsMax && <p className={css.quiet}>{words.longest(barsMax, spans.length)}</p>}
          <Waterfall steps={longest(spans, barsMax)} />
        </div>
      )}
    </Card>
  );
}

const About = ({ head }: { head: StaffOrchestration }) => (
  <Card title={words.about}>
    <Facts
      facts={[
        [words.id, <Copyable key="id" value={head.id} />],
        [words.began, <Time key="began" at={head.createdAt} />],
        [words.last, <Time key="last" at={head.lastUpdatedAt} />],
        head.failure === null ? null : [words.failure, head.failure],
      ]}
    />
  </Card>
);

interface EventsProps {
  events: readonly StaffHistoryEvent[];
  from: number;
  more: { go: () => void; busy: boolean } | null;
}

function Events({ events, from, more }: EventsProps) {
  const [view, setView] = useState<"main" | "all">("main");
  const shown = view === "all" ? events : events.filter((one) => !isOwn(one));
  const after = (at: string) => duration(Math.max(0, Date.parse(at) - from));
  // What ends something names its number alone.
  const names = new Map(events.flatMap((one) => (one.task === null || one.name === null ? [] : [[one.task, one.name] as const])));
  const columns: Column<StaffHistoryEvent>[] = [
    { title: words.number, cell: (one) => one.number },
    { title: words.at, cell: (one) => after(one.at), end: true },
    { title: words.kind, cell: (one) => one.kind },
    {
      title: words.name,
      cell: (one) => (
        <div className={css.text}>
          {one.name ?? (one.task === null ? null : names.get(one.task)) ?? (one.kind.startsWith("Timer") && words.timer)}
          {one.until !== null && <span className={css.details}>{words.until(after(one.until))}</span>}
          {one.child !== null && (
            <Link to="/ops/orchestrations/$id" params={{ id: one.child }}>
              {one.child}
            </Link>
          )}
          {one.failure !== null && <span className={css.wordbad}>{one.failure}</span>}
        </div>
      ),
    },
  ];
  return (
    <Card title={words.events} actions={<Segments label={words.view} value={view} options={{ main: words.main, all: words.all }} onChoose={setView} />} flush>
      {shown.length === 0 ? <Empty {...words.noEvents} /> : <DataTable label={words.events} columns={columns} rows={shown} id={(one) => String(one.number)} />}
      {more && (
        <footer className={css.foot}>
          <Button size="small" busy={more.busy} onPress={more.go}>
            {ops.loadMore}
          </Button>
        </footer>
      )}
    </Card>
  );
}
