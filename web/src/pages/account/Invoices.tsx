import { Receipt } from "lucide-react";
import { useInvoices } from "../../api/billing";
import type { Invoice } from "../../api/types";
import type { Tone } from "../../api/types";
import { type Column, DataTable } from "../../parts/DataTable";
import { Card } from "../../parts/Layout";
import { MorePages } from "../../parts/Rows";
import { Empty, Loaded } from "../../parts/States";
import { Status } from "../../parts/Status";
import { invoices as words } from "../../texts/billing";
import { date, money } from "../../texts/format";
import css from "./Billing.module.css";

const tones: Readonly<Record<string, Tone>> = { draft: "idle", open: "warn", paid: "ok", void: "idle", uncollectible: "bad" };

const nameOf = ({ number, createdAt }: Invoice) => number ?? date(Date.parse(createdAt));

const columns: Column<Invoice>[] = [
  {
    title: words.number,
    cell: (one) => (
      <>
        {nameOf(one)}
        <div className={css.under}>{words.periodOf(one.periodStart, one.periodEnd)}</div>
      </>
    ),
  },
  { title: words.bot, cell: (one) => one.deploymentName ?? "", wide: true },
  {
    title: words.state,
    cell: (one) => (
      <>
        <Status tone={tones[one.status] ?? "idle"} word={words.states[one.status] ?? one.status} />
        {one.credited > 0 && <div className={css.under}>{words.credited(money(one.credited, one.currency))}</div>}
        {one.status === "open" && one.nextAttemptAt !== null && <div className={css.under}>{words.retry(one.nextAttemptAt)}</div>}
      </>
    ),
  },
  { title: words.total, cell: (one) => money(one.total, one.currency), end: true },
  { title: words.see, cell: (one) => <Links invoice={one} />, end: true },
];

/** As the payment provider has them. */
export function Invoices() {
  const query = useInvoices();
  return (
    <Card title={words.title} flush>
      <Loaded query={query}>
        {({ pages }) => {
          const all = pages.flatMap((page) => page.invoices);
          return all.length === 0 ? (
            <Empty icon={<Receipt />} {...words.empty} />
          ) : (
            <>
              <DataTable label={words.title} columns={columns} rows={all} id={(one) => one.id} />
              <MorePages query={query} />
            </>
          );
        }}
      </Loaded>
    </Card>
  );
}

function Links({ invoice }: { invoice: Invoice }) {
  const link = (href: string | null, what: string) =>
    href !== null && (
      <a href={href} target="_blank" rel="noopener noreferrer" aria-label={`${words.of(what, nameOf(invoice))}, ${words.newTab}`}>
        {what}
      </a>
    );
  return (
    <span className={css.links}>
      {link(invoice.hostedUrl, invoice.canPay ? words.pay : words.see)}
      {link(invoice.pdfUrl, words.pdf)}
    </span>
  );
}
