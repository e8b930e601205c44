import { Link } from "@tanstack/react-router";
import { isOpen, useOperation } from "../../api/operations";
import { Status } from "../../parts/Status";
import { operations as words } from "../../texts/operations";
import { FailureCard } from "./FailureCard";
import css from "./Followed.module.css";

interface Props {
  id: string;
  /** While it goes on. */
  going: string;
  /** When it has succeeded. */
  done: string;
}

/** What came of a press, in the place where it was pressed. */
export function Followed({ id, going, done }: Props) {
  const { data } = useOperation(id);
  if (data?.failure) return <FailureCard operation={data} />;
  const open = !data || isOpen(data);
  return (
    <p className={css.followed} role="status">
      <Status tone={open ? "busy" : "ok"} word={open ? words.status.accepted : words.status.succeeded} />
      <span>{open ? going : done}</span>
      {data && (
        <Link to="/bots/$id/operations/$op" params={{ id: data.deployment, op: id }}>
          {words.see}
        </Link>
      )}
    </p>
  );
}
