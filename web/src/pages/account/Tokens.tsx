import { Plus } from "lucide-react";
import { useState } from "react";
import { type Token, useTakeBack, useTokens } from "../../api/people";
import { Button } from "../../parts/Button";
import { Card } from "../../parts/Layout";
import { Line, Rows } from "../../parts/Rows";
import { ActProblem, Loaded } from "../../parts/States";
import { Status } from "../../parts/Status";
import { Time } from "../../parts/Time";
import { useNow } from "../../parts/useNow";
import { tokens as words } from "../../texts/people";
import { NewTokenDialog } from "./NewToken";
import css from "./Security.module.css";

const soon = 7 * 24 * 3600_000;

/** What programs sign in with: what each may do, and whether it is used. */
export function Tokens() {
  const query = useTokens();
  const takeBack = useTakeBack();
  const [making, setMaking] = useState(false);
  return (
    <Card
      title={words.title}
      flush
      actions={
        <Button size="small" icon={<Plus />} onPress={() => setMaking(true)}>
          {words.add}
        </Button>
      }
    >
      <p className={css.text}>
        {words.text} {query.data?.length === 0 && words.none}
      </p>
      <ActProblem act={takeBack} />
      <Loaded query={query}>
        {(all) => (
          <Rows>
            {all.map((one) => (
              <One key={one.id} token={one} busy={takeBack.busy} onTakeBack={() => takeBack.press(one.id)} />
            ))}
          </Rows>
        )}
      </Loaded>
      {making && <NewTokenDialog onClose={() => setMaking(false)} />}
    </Card>
  );
}

function One({ token, busy, onTakeBack }: { token: Token; busy: boolean; onTakeBack: () => void }) {
  const { name, permissions, deployment, expiresAt, lastUsedAt, reaches } = token;
  const now = useNow(60_000);
  return (
    <Line
      below
      aside={
        <Button size="small" busy={busy} label={words.takeBackOf(name)} onPress={onTakeBack}>
          {words.takeBack}
        </Button>
      }
    >
      <strong>{name}</strong> {Date.parse(expiresAt) - now < soon && <Status tone="warn" word={words.soon} />}
      <p className={css.facts}>
        <span>{permissions.join(", ")}</span>
        {deployment !== null && (
          <span>
            {words.only} <code>{deployment}</code>
          </span>
        )}
        <span>
          {words.expires} <Time at={expiresAt} as="date" />
        </span>
        <span>
          {lastUsedAt === null ? (
            words.never
          ) : (
            <>
              {words.used} <Time at={lastUsedAt} />
            </>
          )}
        </span>
      </p>
      <details>
        <summary>{words.reaches(reaches.length)}</summary>
        <ul>
          {reaches.map((route) => (
            <li key={route}>
              <code>{route}</code>
            </li>
          ))}
        </ul>
      </details>
    </Line>
  );
}
