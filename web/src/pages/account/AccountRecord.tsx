import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { ScrollText } from "lucide-react";
import { useEffect, useState } from "react";
import { useMe } from "../../api/account";
import { useBots } from "../../api/bots";
import { download } from "../../api/download";
import { type AccountRow, useAccountRecord, useSaveRecord } from "../../api/record";
import { workplace } from "../../api/workplace";
import { Button } from "../../parts/Button";
import { Field } from "../../parts/Field";
import { Card, Page } from "../../parts/Layout";
import { Line, LineFacts, LineTitle, MorePages, Rows } from "../../parts/Rows";
import { Empty, Loaded, ProblemCard, Skeleton } from "../../parts/States";
import { StatusShape } from "../../parts/Status";
import { Time } from "../../parts/Time";
import { textIn } from "../../record/group";
import { useVerify } from "../bots/useVerify";
import { VerifyCard } from "../bots/VerifyCard";
import { record } from "../../texts/record";
import css from "./AccountRecord.module.css";

const words = record.account;

/** As fast as nobody types on. */
const pause = 300;

/** What was done with all bots of the account, to be looked through. */
export function AccountRecord() {
  const wanted = useSearch({ from: "/signed-in/record" });
  const navigate = useNavigate({ from: "/record" });
  const bots = useBots().data;
  const me = useMe().data?.id;
  const own = workplace ?? me;
  const query = useAccountRecord(wanted);
  // One that is deleted is in no choice, but its rows are found by its address still.
  const gone = [own, ...(bots ?? []).map(({ id }) => id)].includes(wanted.deployment) ? undefined : wanted.deployment;
  const save = useSaveRecord((rows) => download(rows, "record.ndjson"));
  const isNarrowed = wanted.q !== undefined || wanted.deployment !== undefined;
  const set = (part: { q?: string; deployment?: string }) =>
    void navigate({
      search: (before) => Object.fromEntries(Object.entries({ ...before, ...part }).filter(([, value]) => value !== "")),
      replace: true,
      resetScroll: false,
    });
  const [typed, setTyped] = useState(wanted.q ?? "");
  useEffect(() => {
    const timer = setTimeout(() => typed.trim() !== (wanted.q ?? "") && set({ q: typed.trim() }), pause);
    return () => clearTimeout(timer);
    // oxlint-disable-next-line react/exhaustive-deps -- when something is typed, and not when the address follows
  }, [typed]);
  return (
    <Page
      title={words.title}
      intro={words.intro}
      actions={
        <Button busy={save.busy} onPress={() => save.press(wanted)}>
          {words.save}
        </Button>
      }
    >
      {save.problem && <ProblemCard problem={save.problem} onAgain={save.again} />}
      <div className={css.bar} role="search">
        <Field label={words.search} hint={words.searchHint} type="search" maxLength={200} value={typed} onType={setTyped} />
        <label>
          {words.bot}
          <select value={wanted.deployment ?? ""} onChange={(event) => set({ deployment: event.target.value })}>
            <option value="">{words.all}</option>
            {own !== undefined && <option value={own}>{words.own}</option>}
            {bots?.map((bot) => (
              <option key={bot.id} value={bot.id}>
                {bot.name}
              </option>
            ))}
            {bots && own !== undefined && gone !== undefined && <option value={gone}>{gone}</option>}
          </select>
        </label>
      </div>
      <Loaded query={query} skeleton={<Skeleton lines={8} height={56} />}>
        {({ pages }) => {
          const rows = pages.flatMap((page) => page.rows);
          return (
            <Card flush>
              {rows.length === 0 && query.hasNextPage ? (
                <>
                  <p className={css.count} role="status">
                    {words.notYet}
                  </p>
                  <MorePages query={query} />
                </>
              ) : rows.length === 0 ? (
                <Empty icon={<ScrollText />} {...(isNarrowed ? words.none : words.empty)} />
              ) : (
                <>
                  <p className={css.count} role="status">
                    {words.rows(rows.length, query.hasNextPage)}
                  </p>
                  <Rows ordered>
                    {rows.map((row) => (
                      <Done key={row.deployment + row.sequence} row={row} />
                    ))}
                  </Rows>
                  <MorePages query={query} />
                </>
              )}
            </Card>
          );
        }}
      </Loaded>
      {me !== undefined && workplace === null && <VerifyOwn id={me} />}
    </Page>
  );
}

const VerifyOwn = ({ id }: { id: string }) => <VerifyCard id={id} verify={useVerify(id)} intro={words.ownIntro} />;

function Done({ row }: { row: AccountRow }) {
  const me = useMe().data?.id;
  const operation = textIn(row, "operation");
  const hasFailed = textIn(row, "outcome") === "failed";
  const detail = row.words ?? textIn(row, "detail");
  return (
    <Line aside={<Time at={row.at} />}>
      <LineTitle>
        <strong>{record.actor(row.actor, me)}</strong>
        <span>{record.says(row)}</span>
        {hasFailed && <StatusShape tone="warn" />}
      </LineTitle>
      {detail !== null && <p className={css.detail}>{detail}</p>}
      <LineFacts>
        {row.deploymentName === null ? (
          words.row(null, row.sequence)
        ) : (
          <Link to="/bots/$id/record" params={{ id: row.deployment }}>
            {words.row(row.deploymentName, row.sequence)}
          </Link>
        )}
        {operation !== null && (
          <Link to="/bots/$id/operations/$op" params={{ id: row.deployment, op: operation }}>
            {record.steps}
          </Link>
        )}
      </LineFacts>
    </Line>
  );
}
