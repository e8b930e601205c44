import { useInvoicePreview } from "../api/billing";
import { Problem } from "../api/problems";
import { invoicePreview as words } from "../texts/billing";
import { money } from "../texts/format";
import css from "./InvoicePreview.module.css";
import { ProblemCard, Skeleton } from "./States";

interface Props {
  bot: string;
  plan: string;
}

/** What a change of the plan does to what is paid, line by line. */
export function InvoicePreview({ bot, plan }: Props) {
  const { data, error, refetch } = useInvoicePreview(bot, plan);
  // A bot that nothing is paid for has no next invoice.
  if (error) return Problem.of(error).kind === "wrong-state" ? null : <ProblemCard problem={Problem.of(error)} onAgain={() => void refetch()} />;
  if (!data) return <Skeleton lines={2} />;
  return (
    <section className={css.invoice} aria-label={words.title}>
      <h4>{words.sum(data.at, data.amountDue, data.currency)}</h4>
      <dl>
        {data.lines.map(({ description, amount }) => (
          <div key={description}>
            <dt>{description}</dt>
            <dd>{money(amount, data.currency)}</dd>
          </div>
        ))}
      </dl>
      <p>
        {data.proration !== 0 && words.proration(data.proration, data.currency)} {words.nothing}
      </p>
    </section>
  );
}
