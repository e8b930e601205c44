import { Link } from "@tanstack/react-router";
import { useMe } from "../../api/account";
import { useBotOperations } from "../../api/operations";
import type { OperationSummary } from "../../api/types";
import { Button } from "../../parts/Button";
import { Card } from "../../parts/Layout";
import { Empty, Loaded } from "../../parts/States";
import { StatusShape } from "../../parts/Status";
import { Time } from "../../parts/Time";
import { en } from "../../texts/en";
import { kindWords, operationTone, operations as words } from "../../texts/operations";
import css from "./History.module.css";

/** What went on with a bot, newest first. */
export function History({ id }: { id: string }) {
  const query = useBotOperations(id);
  return (
    <Card title={words.history} flush>
      <Loaded query={query}>
        {({ pages }) => {
          const all = pages.flatMap((page) => page.operations);
          if (all.length === 0) return <Empty {...words.none} />;
          return (
            <>
              <ul className={css.list}>
                {all.map((operation) => (
                  <Line key={operation.id} operation={operation} />
                ))}
              </ul>
              {query.hasNextPage && (
                <div className={css.more}>
                  <Button size="small" busy={query.isFetchingNextPage} onPress={() => void query.fetchNextPage()}>
                    {en.more}
                  </Button>
                </div>
              )}
            </>
          );
        }}
      </Loaded>
    </Card>
  );
}

function Line({ operation }: { operation: OperationSummary }) {
  const me = useMe();
  return (
    <li className={css.line}>
      <StatusShape tone={operationTone[operation.status]} size={18} />
      <div className={css.text}>
        <Link to="/bots/$id/operations/$op" params={{ id: operation.deployment, op: operation.id }} className={css.name}>
          {kindWords[operation.kind]}
        </Link>
        <span className={css.by}>{words.actor(operation.by, me.data?.id)}</span>
        {operation.failure && <span className={css.failure}>{operation.failure.message}</span>}
      </div>
      <span className={css.when}>
        <Time at={operation.createdAt} />
      </span>
    </li>
  );
}
