import { useState } from "react";
import { useStatement } from "../../api/billing";
import { clock } from "../../api/clock";
import type { Statement } from "../../api/types";
import { type Column, DataTable } from "../../parts/DataTable";
import { Card } from "../../parts/Layout";
import { MonthField, monthOf } from "../../parts/MonthField";
import { Loaded } from "../../parts/States";
import { Status } from "../../parts/Status";
import { statement as words } from "../../texts/billing";
import { duration, money } from "../../texts/format";
import css from "./Billing.module.css";

type Held = Statement["bots"][number];

const columns: Column<Held>[] = [
  { title: words.bot, cell: (one) => one.name },
  { title: words.held, cell: (one) => duration(one.heldSeconds * 1000), end: true },
  { title: words.paid, cell: (one) => duration(one.paidSeconds * 1000), end: true },
  { title: words.charged, cell: (one) => (one.currency === null ? "" : money(one.chargedCents, one.currency)), end: true, wide: true },
  {
    title: words.verdict,
    cell: (one) =>
      one.agrees ? <Status tone="ok" word={words.agrees} /> : <Status tone="warn" word={one.heldSeconds > one.paidSeconds ? words.unpaid : words.longer} />,
  },
];

/** Whether what was kept is what was paid for. */
export function StatementCard() {
  const [now] = useState(() => monthOf(clock.now()));
  const [month, setMonth] = useState(now);
  const query = useStatement(month);
  return (
    <Card
      title={words.title}
      flush
      actions={
        <MonthField label={words.month} value={month} max={now} onChoose={setMonth} />
      }
    >
      <p className={css.text}>{words.text}</p>
      <Loaded query={query}>
        {({ bots }) =>
          bots.length === 0 ? <p className={css.text}>{words.none}</p> : <DataTable label={words.title} columns={columns} rows={bots} id={(one) => one.deployment} />
        }
      </Loaded>
    </Card>
  );
}
