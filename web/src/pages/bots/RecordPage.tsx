import { useNavigate, useSearch } from "@tanstack/react-router";
import { ScrollText } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { useMe } from "../../api/account";
import { useBotId } from "../../api/bots";
import { useRecord } from "../../api/record";
import { Button } from "../../parts/Button";
import { Card } from "../../parts/Layout";
import { More, Rows } from "../../parts/Rows";
import { Empty, Loaded, Skeleton } from "../../parts/States";
import { group, passes } from "../../record/group";
import type { Row } from "../../record/verify";
import { record as words } from "../../texts/record";
import { RecordGroup } from "./RecordGroup";
import css from "./RecordPage.module.css";
import { useVerify } from "./useVerify";
import { VerifyCard } from "./VerifyCard";

const shownAtOnce = 50;

/** Everything that was ever done with the bot, and the proof that it is all of it. */
export function RecordPage() {
  const id = useBotId();
  const query = useRecord(id);
  const verify = useVerify(id);
  const [wanted, setWanted] = useState<number | null>(null);
  return (
    <>
      <VerifyCard id={id} verify={verify} onRow={(place) => setWanted(query.data?.rows[place]?.sequence ?? null)} />
      <Loaded query={query} skeleton={<Skeleton lines={6} height={56} />}>
        {({ rows }) =>
          rows.length === 0 ? (
            <Card>
              <Empty icon={<ScrollText />} {...words.empty} />
            </Card>
          ) : (
            <Timeline key={wanted} id={id} rows={rows} brokenAt={verify.brokenAt === null ? null : (rows[verify.brokenAt]?.sequence ?? null)} wanted={wanted} />
          )
        }
      </Loaded>
    </>
  );
}

interface TimelineProps {
  id: string;
  rows: readonly Row[];
  brokenAt: number | null;
  /** A row to be shown, whatever the filters say. */
  wanted: number | null;
}

function Timeline({ id, rows, brokenAt, wanted }: TimelineProps) {
  const me = useMe().data?.id;
  const filter = useSearch({ from: "/signed-in/bots/$id/record" });
  const navigate = useNavigate({ from: "/bots/$id/record" });
  const groups = useMemo(() => group(rows.filter((row) => passes(row, filter) || row.sequence === wanted)), [rows, filter, wanted]);
  const place = wanted === null ? -1 : groups.findIndex((one) => one.rows.some((row) => row.sequence === wanted));
  const [limit, setLimit] = useState(Math.max(shownAtOnce, place + 1));
  const actors = useMemo(() => [...new Set(rows.map((row) => row.actor))], [rows]);
  const kinds = useMemo(() => [...new Set(rows.map((row) => row.kind))], [rows]);
  const set = (part: { who?: string; kind?: string; from?: string }) =>
    void navigate({
      search: (before) => Object.fromEntries(Object.entries({ ...before, ...part }).filter(([, value]) => value !== "")),
      replace: true,
      resetScroll: false,
    });
  useEffect(() => {
    if (wanted !== null) document.getElementById(`row-${wanted}`)?.focus();
  }, [wanted]);
  const shown = groups.reduce((sum, one) => sum + one.rows.length, 0);
  return (
    <>
      <div className={css.filters} role="search">
        <Pick label={words.who} value={filter.who ?? ""} options={actors.map((one) => [one, words.actor(one, me)])} onPick={(who) => set({ who })} />
        <Pick label={words.kind} value={filter.kind ?? ""} options={kinds.map((one) => [one, words.kinds[one] ?? one])} onPick={(kind) => set({ kind })} />
        <label>
          {words.from}
          <input type="date" value={filter.from ?? ""} onChange={(event) => set({ from: event.target.value })} />
        </label>
        {Object.keys(filter).length > 0 && (
          <Button kind="quiet" onPress={() => set({ who: "", kind: "", from: "" })}>
            {words.clear}
          </Button>
        )}
        <span className={css.count} role="status">
          {words.rows(shown)}
        </span>
      </div>
      <Card flush>
        {groups.length === 0 ? (
          <p className={css.none}>{words.none}</p>
        ) : (
          <Rows ordered>
            {groups.slice(0, limit).map((one) => (
              <RecordGroup key={one.id} group={one} bot={id} me={me} brokenAt={brokenAt} />
            ))}
          </Rows>
        )}
        {groups.length > limit && <More onPress={() => setLimit(limit + shownAtOnce)}>{words.more(groups.length - limit)}</More>}
      </Card>
    </>
  );
}

interface PickProps {
  label: string;
  value: string;
  options: readonly (readonly [string, string])[];
  onPick: (value: string) => void;
}

const Pick = ({ label, value, options, onPick }: PickProps) => (
  <label>
    {label}
    <select value={value} onChange={(event) => onPick(event.target.value)}>
      <option value="">{words.all}</option>
      {options.map(([one, name]) => (
        <option key={one} value={one}>
          {name}
        </option>
      ))}
    </select>
  </label>
);
