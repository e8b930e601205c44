import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useBotId } from "../../api/bots";
import { clock } from "../../api/clock";
import { type Incident, type Uptime as Had, useUptime } from "../../api/uptime";
import { type Column, DataTable } from "../../parts/DataTable";
import { Card } from "../../parts/Layout";
import { MonthField, monthOf } from "../../parts/MonthField";
import { Loaded, Skeleton } from "../../parts/States";
import { Status } from "../../parts/Status";
import { Time } from "../../parts/Time";
import { duration } from "../../texts/format";
import { uptime as words } from "../../texts/uptime";
import { verdict } from "../../uptime/days";
import css from "./Uptime.module.css";
import { UptimeDays } from "./UptimeDays";

/** What the bot was promised, and what it had. */
export function Uptime() {
  const id = useBotId();
  const [now] = useState(() => monthOf(clock.now()));
  const { month = now } = useSearch({ from: "/signed-in/bots/$id/uptime" });
  const navigate = useNavigate({ from: "/bots/$id/uptime" });
  const query = useUptime(id, month);
  const choose = (chosen: string) =>
    void navigate({ search: chosen === now ? {} : { month: chosen }, replace: true, resetScroll: false });
  return (
    <>
      <div className={css.bar}>
        <p>{words.intro}</p>
        <MonthField label={words.month} value={month} max={now} onChoose={choose} />
      </div>
      <Loaded query={query} skeleton={<Skeleton lines={3} height={232} />}>
        {(had) => (
          <>
            <Sum had={had} />
            <Card title={words.incidents} flush>
              {had.incidents.length === 0 ? (
                <p className={css.text}>{words.nothing}</p>
              ) : (
                <DataTable label={words.incidents} columns={columns(id)} rows={had.incidents} id={(one) => `${one.from}-${one.kind}`} />
              )}
            </Card>
            <Card title={words.promise}>
              <p>{words.steps(had.promise.percent)}</p>
              <ul className={css.steps}>
                {had.promise.credits.map(({ below, creditPercent }) => (
                  <li key={below}>{words.step(below, creditPercent)}</li>
                ))}
              </ul>
            </Card>
          </>
        )}
      </Loaded>
    </>
  );
}

function Sum({ had }: { had: Had }) {
  const { tone, word } = words.verdict[verdict(had)];
  return (
    <Card title={words.monthOf(had.month)}>
      <div className={css.sum}>
        <div>
          <p className={css.figure}>
            <strong>{had.uptimePercent === null ? words.none : words.percent(had.uptimePercent)}</strong> <span>{words.promised(had.promise.percent)}</span>
          </p>
          <Status tone={tone} word={word} />
          {had.credit !== null ? (
            <p className={css.credit}>{words.credit(had.credit.amount, had.credit.currency, had.credit.percent)}</p>
          ) : (
            !had.kept && <p className={css.credit}>{words.owed}</p>
          )}
        </div>
        <dl className={css.parts}>
          {(Object.keys(words.parts) as (keyof typeof words.parts)[]).map((part) => (
            <div key={part}>
              <dt>{words.parts[part]}</dt>
              <dd>{words.took(had.parts[part])}</dd>
            </div>
          ))}
        </dl>
      </div>
      <UptimeDays had={had} />
    </Card>
  );
}

const columns = (id: string): Column<Incident>[] => [
  { title: words.began, cell: ({ from }) => <Time at={from} /> },
  { title: words.lasted, cell: ({ from, to }) => (to === null ? words.goesOn : duration(Date.parse(to) - Date.parse(from))), end: true },
  { title: words.kind, cell: ({ kind }) => <Status tone={words.kinds[kind]?.tone ?? "idle"} word={words.kinds[kind]?.word ?? kind} /> },
  {
    title: words.why,
    cell: ({ why, said, operation }) => (
      <>
        {words.reason(why)}
        {said !== null && <div className={css.said}>{said}</div>}
        {operation !== null && (
          <div>
            <Link to="/bots/$id/operations/$op" params={{ id, op: operation }}>
              {words.operation}
            </Link>
          </div>
        )}
      </>
    ),
  },
];
