import { Link } from "@tanstack/react-router";
import { Bot as BotIcon, Plus } from "lucide-react";
import { useState } from "react";
import { usePlanName } from "../../api/plans";
import { useBots, useDeletedBots } from "../../api/bots";
import type { Deployment } from "../../api/types";
import { Button, ButtonLink } from "../../parts/Button";
import { Field } from "../../parts/Field";
import { Card, Page } from "../../parts/Layout";
import { OperationStrip } from "../../parts/OperationStrip";
import { Line, MorePages, Rows } from "../../parts/Rows";
import { Empty, Loaded, Skeleton } from "../../parts/States";
import { BotStatus } from "../../parts/BotStatus";
import { Time } from "../../parts/Time";
import { bots as words } from "../../texts/bots";
import css from "./Bots.module.css";
import { NeedsYou } from "./NeedsYou";

// With fewer than this many, eyes find a bot faster than a field does.
const searchFrom = 8;

export function Bots() {
  const query = useBots();
  const [wanted, setWanted] = useState("");
  const [deleted, setDeleted] = useState(false);
  return (
    <Page
      title={words.title}
      actions={
        <ButtonLink to="/bots/new" kind="primary" icon={<Plus />}>
          {words.create}
        </ButtonLink>
      }
    >
      <Loaded query={query} skeleton={<Skeleton lines={2} height={180} />}>
        {(all) => {
          if (all.length === 0) return <NoBots />;
          const shown = all.filter((bot) => bot.name.toLowerCase().includes(wanted.trim().toLowerCase()));
          return (
            <>
              <NeedsYou bots={all} />
              {all.length >= searchFrom && <Field label={words.search} type="search" value={wanted} onType={setWanted} />}
              {shown.length === 0 && <p>{words.noMatch}</p>}
              <ul className={css.cards}>
                {shown.map((bot) => (
                  <BotCard key={bot.id} bot={bot} />
                ))}
              </ul>
              <footer className={css.foot}>{words.count(shown.length)}</footer>
            </>
          );
        }}
      </Loaded>
      {deleted ? (
        <Deleted />
      ) : (
        query.data && (
          <footer className={css.foot}>
            <Button kind="quiet" size="small" onPress={() => setDeleted(true)}>
              {words.deleted.show}
            </Button>
          </footer>
        )
      )}
    </Page>
  );
}

/** Nothing goes on with them: only their names and records are left. */
function Deleted() {
  const query = useDeletedBots();
  return (
    <Card title={words.deleted.title} flush>
      <Loaded query={query}>
        {(bots) => (
          <>
            {bots.length === 0 && !query.hasNextPage && <p className={css.none}>{words.deleted.none}</p>}
            <Rows>
              {bots.map(({ id, name, statusSince }) => (
                <Line key={id} aside={statusSince && <Time at={statusSince} as="date" />}>
                  <Link to="/bots/$id" params={{ id }}>
                    {name}
                  </Link>
                </Line>
              ))}
            </Rows>
            <MorePages query={query} />
          </>
        )}
      </Loaded>
    </Card>
  );
}

const NoBots = () => (
  <Card>
    <Empty
      icon={<BotIcon />}
      title={words.empty.title}
      text={words.empty.text}
      action={
        <ButtonLink to="/bots/new" kind="primary">
          {words.create}
        </ButtonLink>
      }
    />
  </Card>
);

function BotCard({ bot }: { bot: Deployment }) {
  const planName = usePlanName();
  return (
    <li className={css.card}>
      <div className={css.head}>
        <h2>
          <Link to="/bots/$id" params={{ id: bot.id }} className={css.name}>
            {bot.name}
          </Link>
        </h2>
        <BotStatus status={bot.status} pill />
      </div>
      <dl className={css.facts}>
        <div>
          <dt>{words.ordered}</dt>
          <dd>
            <Time at={bot.createdAt} />
          </dd>
        </div>
        <div>
          <dt>{words.plan}</dt>
          <dd>{planName(bot.plan)}</dd>
        </div>
        <div>
          <dt>{words.model}</dt>
          <dd>{bot.model ?? words.defaultModel}</dd>
        </div>
      </dl>
      {bot.operation && <OperationStrip id={bot.operation} />}
    </li>
  );
}
