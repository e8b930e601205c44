import { Link } from "@tanstack/react-router";
import { isOpen, useOperation } from "../api/operations";
import type { Operation } from "../api/types";
import { kindWords, operations as words } from "../texts/operations";
import css from "./OperationStrip.module.css";
import { StatusShape } from "./Status";
import { Elapsed } from "./Time";

/** Where an operation is: "Step 4 of 9". Undoing is no progress, so steps that take back do not count. */
export function progress({ steps }: Pick<Operation, "steps">) {
  const forward = steps.filter((step) => step.compensates === null);
  const begun = forward.filter((step) => step.status !== "pending").length;
  const current = steps.findLast((step) => step.status === "started") ?? steps.findLast((step) => step.status !== "pending");
  return { at: Math.max(1, begun), of: Math.max(1, forward.length), current };
}

/** One line about what goes on, above everything else of a bot. */
export function OperationStrip({ id }: { id: string }) {
  const { data } = useOperation(id);
  if (!data || !isOpen(data)) return null;
  const { at, of, current } = progress(data);
  return (
    <Link to="/bots/$id/operations/$op" params={{ id: data.deployment, op: data.id }} className={css.strip}>
      <StatusShape tone="busy" />
      <span className={css.text}>
        <strong>{kindWords[data.kind]}</strong>
        <span>{data.waitingFor ? words.waiting(data.waitingFor.what) : current ? words.stepOf(at, of, current.title) : words.status.accepted}</span>
      </span>
      <span className={css.time}>
        <Elapsed since={data.createdAt} />
      </span>
      <span className={css.see}>{words.see}</span>
      <span className={css.bar} style={{ inlineSize: `${(100 * at) / of}%` }} />
    </Link>
  );
}
