import { useRevoke, useSessions } from "../../api/account";
import type { Session } from "../../api/types";
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

/** Where somebody is signed in, this browser first. */
export function Sessions() {
  const query = useSessions();
  const revoke = useRevoke();
  const others = useEndOthers(() => toast(sessions.othersDone));
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
              .toSorted((a, b) => Number(b.current) - Number(a.current) || Date.parse(b.lastUsedAt) - Date.parse(a.lastUsedAt))
              .map((one) => (
                <One key={one.id} session={one} busy={revoke.busy} onEnd={() => revoke.press(one.id)} />
              ))}
          </Rows>
        )}
      </Loaded>
    </Card>
  );
}

function One({ session, busy, onEnd }: { session: Session; busy: boolean; onEnd: () => void }) {
  const name = session.browser ?? words.unknownBrowser;
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
        <span>
          {sessions.used} <Time at={session.lastUsedAt} />
        </span>
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
