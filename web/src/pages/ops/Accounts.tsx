import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Users } from "lucide-react";
import { type StaffAccount, type StaffDeployment, useStaffAccounts, useStaffSignOutAccount } from "../../api/staff";
import type { DeploymentStatus } from "../../api/types";
import { Button, ButtonLink } from "../../parts/Button";
import { Copyable } from "../../parts/Copy";
import { type Column, DataTable } from "../../parts/DataTable";
import { Card, Facts, Page } from "../../parts/Layout";
import { ActProblem, Empty, Loaded, Skeleton } from "../../parts/States";
import { BotStatus } from "../../parts/BotStatus";
import { Time } from "../../parts/Time";
import { toast } from "../../parts/Toast";
import { statusWords } from "../../texts/operations";
import { ops, opsAccounts as words } from "../../texts/ops";
import css from "./Ops.module.css";
import { SearchForm } from "./SearchForm";

const isStatus = (status: string): status is DeploymentStatus => status in statusWords;

const columns: readonly Column<StaffDeployment>[] = [
  {
    title: words.bot,
    cell: (bot) => (
      <Link to="/ops/audit" search={{ q: bot.id }}>
        {bot.name}
      </Link>
    ),
  },
  { title: words.state, cell: (bot) => (isStatus(bot.status) ? <BotStatus status={bot.status} /> : bot.status) },
  {
    title: words.last,
    cell: (bot) => {
      const operation = bot.operation ?? bot.lastOperation;
      return operation === null ? (
        ops.none
      ) : (
        <Link to="/ops/orchestrations/$id" params={{ id: operation }}>
          {bot.operation === null ? words.timeline : words.going}
        </Link>
      );
    },
  },
  {
    title: words.machine,
    cell: (bot) =>
      bot.vm === null ? (
        ops.none
      ) : (
        <Link to="/ops/vms/$vm" params={{ vm: bot.vm }}>
          {bot.vm}
        </Link>
      ),
    wide: true,
  },
  { title: words.plan, cell: (bot) => bot.plan, wide: true },
  { title: words.ordered, cell: (bot) => <Time at={bot.createdAt} />, end: true, wide: true },
];

/** One customer and what he has. */
export function Accounts() {
  const { q = "" } = useSearch({ from: "/staff/ops/accounts" });
  const navigate = useNavigate({ from: "/ops/accounts" });
  const query = useStaffAccounts(q);
  return (
    <Page title={words.title} intro={words.intro}>
      <SearchForm key={q} label={words.find} go={words.go} value={q} onGo={(to) => void navigate({ search: to === "" ? {} : { q: to } })} />
      {q === "" ? (
        <Card>
          <Empty icon={<Users />} {...words.start} />
        </Card>
      ) : (
        <Loaded query={query} skeleton={<Skeleton lines={3} height={64} />}>
          {({ accounts }) =>
            accounts.length === 0 ? (
              <Card>
                <Empty {...words.empty} />
              </Card>
            ) : (
              accounts.map((account) => <Account key={account.id} account={account} />)
            )
          }
        </Loaded>
      )}
    </Page>
  );
}

/** For whoever lost a device, or has somebody else in the account. */
function SignOut({ account }: { account: string }) {
  const act = useStaffSignOutAccount(() => toast(words.signedOut));
  return (
    <>
      <Button size="small" busy={act.busy} onPress={() => act.press(account)}>
        {words.signOut}
      </Button>
      <ActProblem act={act} />
    </>
  );
}

const Account = ({ account }: { account: StaffAccount }) => (
  <>
    <Card
      title={account.email ?? words.closed}
      actions={
        <>
          {account.closedAt === null && <SignOut account={account.id} />}
          <ButtonLink to="/ops/audit" search={{ q: account.id }} size="small">
            {words.record}
          </ButtonLink>
        </>
      }
    >
      <Facts
        facts={[
          [words.id, <Copyable key="id" value={account.id} />],
          [words.since, <Time key="since" at={account.createdAt} as="date" />],
          account.closesAt === null ? null : [words.closes, <Time key="closes" at={account.closesAt} />],
          account.closedAt === null ? null : [words.closedAt, <Time key="closed" at={account.closedAt} />],
        ]}
      />
    </Card>
    <Card title={words.bots} flush>
      {account.deployments.length === 0 ? (
        <Empty {...words.noBots} />
      ) : (
        <DataTable label={words.bots} columns={columns} rows={account.deployments} id={(bot) => bot.id} />
      )}
      {account.hasMore && <footer className={css.foot}>{words.more}</footer>}
    </Card>
  </>
);
