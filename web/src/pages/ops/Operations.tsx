import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { Problem } from "../../api/problems";
import { type BulkAction, type StaffOperation, useStaffOperations } from "../../api/staff";
import type { OperationKind } from "../../api/types";
import { Button } from "../../parts/Button";
import { Field } from "../../parts/Field";
import { Card, Page } from "../../parts/Layout";
import { Segments } from "../../parts/Segments";
import { Empty, ProblemCard, Skeleton } from "../../parts/States";
import { kindWords } from "../../texts/operations";
import { ops, opsOperations as words } from "../../texts/ops";
import { ActDialog, type Chosen } from "./ActDialog";
import { OperationRow } from "./OperationRow";
import css from "./Ops.module.css";
import type { OperationsSearch } from "./search";

// As many as the API takes at once.
const pickMax = 100;

const rank = (one: StaffOperation) => (one.stuck !== null ? 0 : one.status === "failed" ? 1 : 2);

/** What is stuck comes before what has failed, and that before the rest. */
function useList(filter: NonNullable<OperationsSearch["status"]>) {
  const both = filter === "attention";
  const stuck = useStaffOperations("stuck", both);
  const rest = useStaffOperations(both ? "failed" : filter);
  const of = (query: typeof stuck) => query.data?.pages.flatMap((page) => page.operations) ?? [];
  const all = [...(both ? of(stuck) : []), ...of(rest)];
  // What moves from one page to the next between two questions would stand there twice.
  const once = [...new Map(all.map((one) => [one.id, one])).values()];
  const queries = both ? [stuck, rest] : [rest];
  const more = queries.find((query) => query.hasNextPage);
  return {
    rows: once.toSorted((a, b) => rank(a) - rank(b)),
    ready: queries.every((query) => query.data !== undefined),
    error: queries.find((query) => query.error !== null)?.error ?? null,
    again: () => queries.forEach((query) => void query.refetch()),
    more: more ? { go: () => void more.fetchNextPage(), busy: more.isFetchingNextPage } : null,
  };
}

/** Operations of all customers, and the same done to several at once. */
export function Operations() {
  const { status = "attention", kind, q = "", pick = [] } = useSearch({ from: "/staff/ops/operations" });
  const navigate = useNavigate({ from: "/ops/operations" });
  const [act, setAct] = useState<{ action: BulkAction; chosen: Chosen[] } | null>(null);
  const list = useList(status);
  const put = (change: Partial<Record<keyof OperationsSearch, unknown>>) =>
    void navigate({ search: (before) => ({ ...before, ...change }) as OperationsSearch, replace: true, resetScroll: false });

  const wanted = q.trim().toLowerCase();
  const shown = list.rows.filter(
    (one) =>
      (kind === undefined || one.kind === kind) &&
      (wanted === "" || [one.deploymentName, one.id, one.deployment, one.account].some((text) => text.toLowerCase().includes(wanted))),
  );
  const pickOf = (ids: readonly string[]) => put({ pick: ids.length === 0 ? undefined : [...new Set(ids)] });
  const isAll = shown.length > 0 && shown.every((one) => pick.includes(one.id));
  const begin = (action: BulkAction) =>
    setAct({ action, chosen: pick.map((id) => ({ id, operation: list.rows.find((one) => one.id === id) ?? null })) });
  const why = pick.length === 0 ? words.nothing : pick.length > pickMax ? words.tooMany(pickMax) : null;

  return (
    <Page title={words.title}>
      <div className={css.scrolls} role="region" aria-label={words.filter} tabIndex={0}>
        <Segments label={words.filter} value={status} options={words.filters} onChoose={(to) => put({ status: to === "attention" ? undefined : to, pick: undefined })} />
      </div>
      <div className={css.tools}>
        <Field label={words.find} type="search" placeholder={words.findHint} value={q} onType={(to) => put({ q: to === "" ? undefined : to })} />
        <label className={css.select}>
          {words.kind}
          <select value={kind ?? ""} onChange={(event) => put({ kind: event.target.value === "" ? undefined : event.target.value })}>
            <option value="">{words.everyKind}</option>
            {(Object.keys(kindWords) as OperationKind[]).map((one) => (
              <option key={one} value={one}>
                {kindWords[one]}
              </option>
            ))}
          </select>
        </label>
      </div>
      {list.error && <ProblemCard problem={Problem.of(list.error)} onAgain={list.again} />}
      {!list.ready ? (
        !list.error && <Skeleton lines={4} height={88} />
      ) : list.rows.length === 0 && list.more === null && pick.length === 0 ? (
        <Card>
          <Empty {...words.empty[status]} />
        </Card>
      ) : (
        <Card flush>
          <div className={css.bulk}>
            <label className={css.box}>
              <input
                type="checkbox"
                aria-label={words.selectAll}
                checked={isAll}
                onChange={() => pickOf(isAll ? pick.filter((id) => !shown.some((one) => one.id === id)) : [...pick, ...shown.map((one) => one.id)])}
              />
            </label>
            <span role="status">{words.selected(pick.length)}</span>
            {pick.length > 0 && (
              <Button size="small" kind="quiet" onPress={() => pickOf([])}>
                {words.clear}
              </Button>
            )}
            <Button size="small" why={why} onPress={() => begin("retry")}>
              {words.retry}
            </Button>
            <Button size="small" why={why} onPress={() => begin("rollback")}>
              {words.rollback}
            </Button>
            <Button size="small" why={why} onPress={() => begin("cancel")}>
              {words.cancel}
            </Button>
          </div>
          {shown.length === 0 && <Empty title={words.noMatch} text={words.findHint} />}
          <ul className={css.rows}>
            {shown.map((one) => (
              <li key={one.id} className={pick.includes(one.id) ? css.picked : undefined}>
                <OperationRow
                  operation={one}
                  onAct={(action, operation) => setAct({ action, chosen: [{ id: operation.id, operation }] })}
                  box={
                    <label className={css.box}>
                      <input
                        type="checkbox"
                        aria-label={words.select(words.title1(one))}
                        checked={pick.includes(one.id)}
                        onChange={() => pickOf(pick.includes(one.id) ? pick.filter((id) => id !== one.id) : [...pick, one.id])}
                      />
                    </label>
                  }
                />
              </li>
            ))}
          </ul>
          <footer className={css.foot}>
            {words.shown(shown.length, list.more !== null)}
            {list.more && (
              <Button size="small" busy={list.more.busy} onPress={list.more.go}>
                {ops.loadMore}
              </Button>
            )}
          </footer>
        </Card>
      )}
      {act && (
        <ActDialog
          action={act.action}
          chosen={act.chosen}
          onClose={() => setAct(null)}
          onDone={(ids) => pickOf(pick.filter((id) => !ids.includes(id)))}
        />
      )}
    </Page>
  );
}
