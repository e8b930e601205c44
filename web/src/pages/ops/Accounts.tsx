import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Users } from "lucide-react";
import { useState } from "react";
import type { Act } from "../../api/act";
import { type StaffAccount, type StaffDeployment, useStaffAccounts, useStaffLockAccount, useStaffSignOutAccount, useStaffSignOutAll } from "../../api/staff";
import type { DeploymentStatus } from "../../api/types";
import { Button, ButtonLink } from "../../parts/Button";
import { Copyable } from "../../parts/Copy";
import { type Column, DataTable } from "../../parts/DataTable";
import { Dialog } from "../../parts/Dialog";
import { errorOf, Field } from "../../parts/Field";
import { Card, Facts, Page } from "../../parts/Layout";
import { ActProblem, Empty, Loaded, ProblemCard, Skeleton } from "../../parts/States";
import { BotStatus } from "../../parts/BotStatus";
import { Time } from "../../parts/Time";
import { toast } from "../../parts/Toast";
import { statusWords } from "../../texts/operations";
import { ops } from "../../texts/ops";
import { opsAccounts as words } from "../../texts/opsAccounts";
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
        <Card title={words.everybody} actions={<SignOutAll />}>
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

/** For who does what he must not, or whose account somebody else is in. */
function Lock({ account }: { account: StaffAccount }) {
  const [asking, setAsking] = useState(false);
  const act = useStaffLockAccount(account.id, () => toast(words.unlocked));
  return account.lockedAt === null ? (
    <>
      <Button size="small" onPress={() => setAsking(true)}>
        {words.lock}
      </Button>
      {asking && <LockDialog account={account} onClose={() => setAsking(false)} />}
    </>
  ) : (
    <>
      <Button size="small" busy={act.busy} onPress={() => act.press(null)}>
        {words.unlock}
      </Button>
      <ActProblem act={act} />
    </>
  );
}

function LockDialog({ account, onClose }: { account: StaffAccount; onClose: () => void }) {
  const act = useStaffLockAccount(account.id, () => {
    toast(words.locked);
    onClose();
  });
  return <ReasonDialog title={words.lockTitle(account.email ?? account.id)} text={words.lockText} go={words.lock} act={act} onClose={onClose} />;
}

/** For when sessions of many may be in wrong hands. */
function SignOutAll() {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button size="small" onPress={() => setAsking(true)}>
        {words.signOutAll}
      </Button>
      {asking && <SignOutAllDialog onClose={() => setAsking(false)} />}
    </>
  );
}

function SignOutAllDialog({ onClose }: { onClose: () => void }) {
  const act = useStaffSignOutAll(() => {
    toast(words.signedOutAll);
    onClose();
  });
  return <ReasonDialog title={words.signOutAll} text={words.signOutAllText} go={words.signOutAll} act={act} onClose={onClose} />;
}

interface ReasonProps {
  title: string;
  /** What it does. */
  text: string;
  go: string;
  act: Pick<Act<string, unknown>, "press" | "busy" | "problem" | "again">;
  onClose: () => void;
}

function ReasonDialog({ title, text, go, act, onClose }: ReasonProps) {
  const [reason, setReason] = useState("");
  const wrong = errorOf(act.problem, "reason");
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{words.keep}</Button>
          <Button kind="danger" busy={act.busy} onPress={() => act.press(reason)}>
            {go}
          </Button>
        </>
      }
    >
      <div className="stack">
        <p>{text}</p>
        <Field label={words.reason} hint={words.reasonHint} value={reason} onType={setReason} error={wrong} />
        {act.problem && wrong === null && <ProblemCard problem={act.problem} onAgain={act.again} />}
      </div>
    </Dialog>
  );
}

const Account = ({ account }: { account: StaffAccount }) => (
  <>
    <Card
      title={account.email ?? words.closed}
      actions={
        <div className={css.buttons}>
          {account.closedAt === null && (
            <>
              <SignOut account={account.id} />
              <Lock account={account} />
            </>
          )}
          <ButtonLink to="/ops/audit" search={{ q: account.id }} size="small">
            {words.record}
          </ButtonLink>
        </div>
      }
    >
      <Facts
        facts={[
          [words.id, <Copyable key="id" value={account.id} />],
          [words.since, <Time key="since" at={account.createdAt} as="date" />],
          account.lockedAt === null ? null : [words.lockedAt, <Time key="locked" at={account.lockedAt} />],
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
