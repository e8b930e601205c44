import type { UseQueryResult } from "@tanstack/react-query";
import { useRevoke, useSessions } from "../../api/account";
import type { Act } from "../../api/act";
import { useEndOthers } from "../../api/security";
import { Button } from "../../parts/Button";
import { Card } from "../../parts/Layout";
import { Line, LineFacts, Rows } from "../../parts/Rows";
import { ActProblem, Loaded } from "../../parts/States";
import { Status } from "../../parts/Status";
import { Time } from "../../parts/Time";
import { toast } from "../../parts/Toast";
import { account as words } from "../../texts/bots";
import { sessions } from "../../texts/security";

interface Shown {
  id: string;
  browser: string;
  createdAt: string;
  expiresAt: string;
  current: boolean;
  /** Where that is known. */
  lastUsedAt?: string;
}

interface Props {
  query: UseQueryResult<readonly Shown[]>;
  revoke: Act<string, unknown>;
  others: Act<void, unknown>;
}

export function Sessions() {
  const others = useEndOthers(() => toast(sessions.othersDone));
  return <SessionsCard query={useSessions()} revoke={useRevoke()} others={others} />;
}

/** Where somebody is signed in, this browser first. */
export function SessionsCard({ query, revoke, others }: Props) {
  return (
    <Card
      title={words.sessions}
      flush
      actions={
        query.data && query.data.length > 1 ? (
          <Button size="small" busy={others.busy} onPress={() => others.press()}>
            {sessions.others}
          </Button>
        ) : undefined
      }
    >
      <ActProblem act={revoke} />
      <ActProblem act={others} />
      <Loaded query={query}>
        {(all) => (
          <Rows>
            {all
              .toSorted((a, b) => Number(b.current) - Number(a.current) || Date.parse(b.lastUsedAt ?? b.createdAt) - Date.parse(a.lastUsedAt ?? a.createdAt))
              .map((one) => (
                <One key={one.id} session={one} busy={revoke.busy} onEnd={() => revoke.press(one.id)} />
              ))}
          </Rows>
        )}
      </Loaded>
    </Card>
  );
}

function One({ session, busy, onEnd }: { session: Shown; busy: boolean; onEnd: () => void }) {
  const name = session.browser;
  return (
    <Line
      aside={
        session.current ? (
          <Status tone="ok" word={words.this} />
        ) : (
          <Button size="small" busy={busy} label={`${words.end}: ${name}`} onPress={onEnd}>
            {words.end}
          </Button>
        )
      }
    >
      <strong>{name}</strong>
      <LineFacts>
        {session.lastUsedAt && (
          <span>
            {sessions.used} <Time at={session.lastUsedAt} />
          </span>
        )}
        <span>
          {words.opened} <Time at={session.createdAt} as="date" />
        </span>
        <span>
          {words.expires} <Time at={session.expiresAt} as="date" />
        </span>
      </LineFacts>
    </Line>
  );
}
