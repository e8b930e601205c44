import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { type StaffAuditRow, useAudit } from "../../api/staff";
import { Button } from "../../parts/Button";
import { Card, Page } from "../../parts/Layout";
import { Empty, Loaded, Skeleton } from "../../parts/States";
import { Time } from "../../parts/Time";
import { opsAudit as words } from "../../texts/ops";
import css from "./Ops.module.css";
import { SearchForm } from "./SearchForm";

/** Who did what, the newest first. */
export function Audit() {
  const { q = "" } = useSearch({ from: "/staff/ops/audit" });
  const navigate = useNavigate({ from: "/ops/audit" });
  const query = useAudit(q);
  return (
    <Page title={words.title} intro={words.intro}>
      <SearchForm key={q} label={words.find} hint={words.hint} go={words.go} value={q} onGo={(to) => void navigate({ search: to === "" ? {} : { q: to } })} />
      <Loaded query={query} skeleton={<Skeleton lines={6} height={48} />}>
        {({ pages }) => {
          const rows = pages.flatMap((page) => page.rows);
          return (
            <Card title={q === "" ? words.all : words.results} flush>
              {rows.length === 0 && !query.hasNextPage && <Empty {...words.empty} />}
              <ul className={css.rows}>
                {rows.map((one) => (
                  <li key={`${one.subject} ${one.row.sequence}`}>
                    <Row one={one} />
                  </li>
                ))}
              </ul>
              {query.hasNextPage && (
                <footer className={css.foot}>
                  {rows.length === 0 && words.goesOn}
                  <Button size="small" busy={query.isFetchingNextPage} onPress={() => void query.fetchNextPage()}>
                    {words.look}
                  </Button>
                </footer>
              )}
            </Card>
          );
        }}
      </Loaded>
    </Page>
  );
}

/** What a row says besides who and when; a value that is no text is shown as it was written. */
const valuesOf = (data: unknown): [string, string][] =>
  typeof data === "object" && data !== null
    ? Object.entries(data).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)])
    : [];

function Row({ one: { subject, row } }: { one: StaffAuditRow }) {
  const values = valuesOf(row.data);
  const main = values.find(([name]) => name === "action" || name === "step" || name === "to");
  return (
    <div className={css.text}>
      <span className={css.title}>
        {main?.[1] ?? row.kind}
        <span className={css.quiet}>{row.actor}</span>
      </span>
      <span className={css.data}>
        {values
          .filter((value) => value !== main)
          .map(([name, value]) => (
            <span key={name}>
              <b>{name}</b> <Value name={name} value={value} />
            </span>
          ))}
      </span>
      {row.words !== null && <p className={css.said}>{row.words}</p>}
      <span className={css.details}>
        <Time at={row.at} />
        <span>{row.kind}</span>
        <span>
          {words.in} {subject.startsWith("dep_") ? <Link to="/ops/audit" search={{ q: subject }}>{subject}</Link> : words.staff} {words.sequence(row.sequence)}
        </span>
      </span>
    </div>
  );
}

function Value({ name, value }: { name: string; value: string }) {
  if (name === "operation" || name === "of")
    return (
      <Link to="/ops/orchestrations/$id" params={{ id: value }}>
        {value}
      </Link>
    );
  return name === "vm" ? (
    <Link to="/ops/vms/$vm" params={{ vm: value }}>
      {value}
    </Link>
  ) : (
    value
  );
}
