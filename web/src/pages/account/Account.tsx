import { useMe, useRevoke, useSessions } from "../../api/account";
import type { Session } from "../../api/types";
import { Button } from "../../parts/Button";
import { Id } from "../../parts/Copy";
import { DataTable, type Column } from "../../parts/DataTable";
import { Card, Facts, Page } from "../../parts/Layout";
import { Loaded, ProblemCard } from "../../parts/States";
import { Status } from "../../parts/Status";
import { Switch } from "../../parts/Switch";
import { Time } from "../../parts/Time";
import { useLeave } from "../../shell/AccountMenu";
import { turnSingleKeys, useSingleKeys } from "../../shell/keys";
import { account as words } from "../../texts/bots";
import { keyboard } from "../../texts/rehearsal";

export function AccountPage() {
  const me = useMe();
  const leave = useLeave();
  const hasKeys = useSingleKeys();
  return (
    <Page
      title={words.title}
      actions={
        <Button busy={leave.busy} onPress={() => leave.press()}>
          {words.signOut}
        </Button>
      }
    >
      {leave.problem && <ProblemCard problem={leave.problem} onAgain={leave.again} />}
      <Card>
        <Loaded query={me}>
          {(account) => (
            <Facts
              facts={[
                [words.email, account.email],
                [words.since, <Time key="since" at={account.createdAt} as="date" />],
                [words.id, <Id key="id" value={account.id} />],
              ]}
            />
          )}
        </Loaded>
      </Card>
      <Sessions />
      <Card title={keyboard.title}>
        <Switch label={keyboard.label} text={hasKeys ? keyboard.on : keyboard.off} on={hasKeys} onTurn={turnSingleKeys} />
      </Card>
    </Page>
  );
}

function Sessions() {
  const query = useSessions();
  const revoke = useRevoke();
  const columns: Column<Session>[] = [
    { title: words.browser, cell: (session) => session.browser ?? words.unknownBrowser },
    { title: words.opened, cell: (session) => <Time at={session.createdAt} /> },
    { title: words.expires, cell: (session) => <Time at={session.expiresAt} as="date" />, wide: true },
    {
      title: words.end,
      end: true,
      cell: (session) =>
        session.current ? (
          <Status tone="ok" word={words.this} />
        ) : (
          <Button size="small" busy={revoke.busy} onPress={() => revoke.press(session.id)}>
            {words.end}
          </Button>
        ),
    },
  ];
  return (
    <Card title={words.sessions} flush>
      {revoke.problem && <ProblemCard problem={revoke.problem} onAgain={revoke.again} />}
      <Loaded query={query}>{(sessions) => <DataTable label={words.sessions} columns={columns} rows={sessions} id={(session) => session.id} />}</Loaded>
    </Card>
  );
}
