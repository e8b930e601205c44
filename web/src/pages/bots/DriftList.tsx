import { type Drift, useAcceptDrift, useDrift, useRevertDrift } from "../../api/drift";
import { Problem } from "../../api/problems";
import { Button } from "../../parts/Button";
import { Row } from "../../parts/Layout";
import { ProblemCard, Skeleton } from "../../parts/States";
import { Status } from "../../parts/Status";
import { Time } from "../../parts/Time";
import { drift as words } from "../../texts/drift";
import css from "./DriftList.module.css";
import { Followed } from "./Followed";

/** What the machine has otherwise than it was wanted, and what can be done about it. */
export function DriftList({ id }: { id: string }) {
  const { data, error, refetch } = useDrift(id, true);
  if (data === undefined) return error ? <ProblemCard problem={Problem.of(error)} onAgain={() => void refetch()} /> : <Skeleton lines={1} />;
  const open = data.filter((one) => one.closedAt === null);
  const last = data.find((one) => one.closedAt !== null)?.closedAt ?? null;
  return (
    <section className={css.drift} aria-label={words.title}>
      {open.every((one) => one.acceptedAt !== null) && (
        <p className={css.none}>
          <Status tone="ok" word={open.length > 0 ? words.noneOther : words.none} />
          {last !== null && (
            <span>
              {words.last} <Time at={last} />
            </span>
          )}
        </p>
      )}
      {open.map((one) => (
        <Differs key={one.fingerprint} bot={id} event={one} />
      ))}
    </section>
  );
}

function Differs({ bot, event }: { bot: string; event: Drift }) {
  const accept = useAcceptDrift(bot);
  const revert = useRevertDrift(bot);
  const { can, acceptedAt, differences, foundAt, lastSeenAt, fingerprint } = event;
  return (
    <div className={css.event}>
      <p className={css.head}>
        <Status tone={acceptedAt === null ? "warn" : "idle"} word={acceptedAt === null ? words.differs : words.accepted} />
        <span>
          {words.since} <Time at={foundAt} />
          {", "}
          {words.seen} <Time at={lastSeenAt} />
        </span>
      </p>
      <ul className={css.differences}>
        {differences.map(({ what, wanted, found }) => (
          <li key={what}>
            <strong>{words.what(what)}</strong>
            <dl>
              <dt>{words.wanted}</dt>
              <dd title={wanted ?? undefined}>{words.value(wanted)}</dd>
              <dt>{words.found}</dt>
              <dd title={found ?? undefined}>{words.value(found)}</dd>
            </dl>
          </li>
        ))}
      </ul>
      {can.length > 0 && !revert.answer && (
        <>
          <Row>
            {can.includes("revert") && (
              <Button size="small" busy={revert.busy} onPress={() => revert.press(fingerprint)}>
                {words.revert}
              </Button>
            )}
            {can.includes("accept") && (
              <Button size="small" kind="quiet" busy={accept.busy} onPress={() => accept.press(fingerprint)}>
                {words.accept}
              </Button>
            )}
          </Row>
          <p className={css.effect}>{words.effect(can.includes("accept"))}</p>
        </>
      )}
      {revert.answer && <Followed id={revert.answer.operation} going={words.going} done={words.done} />}
      {[revert, accept].map(
        // oxlint-disable-next-line react/no-array-index-key -- always these two
        (act, at) => act.problem && <ProblemCard key={at} problem={act.problem} onAgain={act.again} />,
      )}
    </div>
  );
}
