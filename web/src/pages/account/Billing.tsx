import { Link } from "@tanstack/react-router";
import { CreditCard } from "lucide-react";
import { usePlanName, usePlans } from "../../api/account";
import { may, useBots } from "../../api/bots";
import type { Deployment, Tone } from "../../api/types";
import { Button, ButtonLink } from "../../parts/Button";
import { DataTable, type Column } from "../../parts/DataTable";
import { Card, Page } from "../../parts/Layout";
import { Empty, Loaded } from "../../parts/States";
import { Status } from "../../parts/Status";
import { bots, billing as words } from "../../texts/bots";
import { en } from "../../texts/en";
import { money } from "../../texts/format";
import css from "./Billing.module.css";
import { PayButton } from "../bots/PayButton";

const tones: Record<string, Tone> = { none: "idle", unpaid: "warn", active: "ok", "past-due": "bad", canceled: "idle", refunded: "idle" };

/** What is paid for each bot. */
export function Billing() {
  const query = useBots();
  const plans = usePlans();
  const planName = usePlanName();
  const priceOf = (bot: Deployment) => {
    const plan = plans.data?.find((one) => one.id === (bot.billing.plan ?? bot.plan));
    return plan ? money(plan.monthlyCents, plan.currency) : "";
  };
  const columns: Column<Deployment>[] = [
    { title: words.bot, cell: (bot) => <Link to="/bots/$id" params={{ id: bot.id }}>{bot.name}</Link> },
    { title: words.plan, cell: (bot) => planName(bot.plan), wide: true },
    { title: words.state, cell: (bot) => <State bot={bot} /> },
    { title: words.words, cell: (bot) => bot.billing.reason, wide: true },
    { title: words.price, cell: priceOf, end: true },
  ];
  return (
    <Page title={words.title} intro={words.intro}>
      <Card flush>
        <Loaded query={query}>
          {({ pages }) => {
            const rows = pages.flatMap((page) => page.deployments);
            return rows.length === 0 ? (
              <Empty icon={<CreditCard />} {...words.empty} action={<ButtonLink to="/bots/new" kind="primary">{bots.create}</ButtonLink>} />
            ) : (
              <DataTable label={words.title} columns={columns} rows={rows} id={(bot) => bot.id} />
            );
          }}
        </Loaded>
      </Card>
      {query.hasNextPage && (
        <div>
          <Button size="small" busy={query.isFetchingNextPage} onPress={() => void query.fetchNextPage()}>
            {en.more}
          </Button>
        </div>
      )}
    </Page>
  );
}

function State({ bot }: { bot: Deployment }) {
  const { state, periodEnd } = bot.billing;
  if (may(bot, "pay")) return <PayButton id={bot.id} size="small" />;
  return (
    <>
      <Status tone={tones[state] ?? "idle"} word={words.states[state] ?? state} />
      {periodEnd !== null && <div className={css.until}>{words.until(periodEnd)}</div>}
    </>
  );
}
