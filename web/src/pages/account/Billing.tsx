import { CreditCard, ExternalLink } from "lucide-react";
import { useBilling, useInvoices, usePortal } from "../../api/billing";
import { Button, ButtonLink } from "../../parts/Button";
import { Card, Page } from "../../parts/Layout";
import { MorePages, Rows } from "../../parts/Rows";
import { ActProblem, Empty, Loaded, Skeleton } from "../../parts/States";
import { billing as words } from "../../texts/billing";
import { bots } from "../../texts/bots";
import { BilledBotLine } from "./BilledBotLine";
import { Invoices } from "./Invoices";
import { StatementCard } from "./StatementCard";

/** What is paid for each bot, what comes next, and what was. */
export function Billing() {
  const query = useBilling();
  const portal = usePortal();
  // What stands below comes when what is above has its height.
  const invoices = useInvoices();
  return (
    <Page
      title={words.title}
      intro={words.intro}
      actions={
        <Button icon={<ExternalLink />} busy={portal.busy || portal.answer !== undefined} onPress={() => portal.press()}>
          {words.portal}
        </Button>
      }
    >
      <ActProblem act={portal} />
      <Card title={words.bots} flush>
        <Loaded query={query} skeleton={<Skeleton lines={3} height={72} />}>
          {({ pages }) => {
            const all = pages.flatMap((page) => page.bots);
            return all.length === 0 ? (
              <Empty icon={<CreditCard />} {...words.empty} action={<ButtonLink to="/bots/new" kind="primary">{bots.create}</ButtonLink>} />
            ) : (
              <>
                <Rows>
                  {all.map((one) => (
                    <BilledBotLine key={one.deployment} bot={one} />
                  ))}
                </Rows>
                <MorePages query={query} />
              </>
            );
          }}
        </Loaded>
      </Card>
      {!query.isPending && <Invoices />}
      {!query.isPending && !invoices.isPending && <StatementCard />}
    </Page>
  );
}
