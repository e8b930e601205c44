import { Link } from "@tanstack/react-router";
import { useMe } from "../../api/account";
import { useBotOperations } from "../../api/operations";
import type { OperationSummary } from "../../api/types";
import { Card } from "../../parts/Layout";
import { Line, MorePages, Rows } from "../../parts/Rows";
import { Empty, Loaded } from "../../parts/States";
import { StatusShape } from "../../parts/Status";
import { Time } from "../../parts/Time";
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
              <Rows>
                {all.map((operation) => (
                  <Went key={operation.id} operation={operation} />
                ))}
              </Rows>
              <MorePages query={query} />
            </>
          );
        }}
      </Loaded>
    </Card>
  );
}

function Went({ operation }: { operation: OperationSummary }) {
  const me = useMe();
  return (
    <Line leads icon={<StatusShape tone={operationTone[operation.status]} size={18} />} aside={<Time at={operation.createdAt} />}>
      <div className={css.text}>
        <Link to="/bots/$id/operations/$op" params={{ id: operation.deployment, op: operation.id }} className={css.name}>
          {kindWords[operation.kind]}
        </Link>
        <span className={css.by}>{words.actor(operation.by, me.data?.id)}</span>
        {operation.failure && <span className={css.failure}>{operation.failure.message}</span>}
      </div>
    </Line>
  );
}
