import { Problem } from "../../api/problems";
import { type BulkAction, type StaffOperation, useStaffAct, useStaffOperation } from "../../api/staff";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { ProblemCard } from "../../parts/States";
import { StatusShape } from "../../parts/Status";
import { opsAct as words, opsOperations } from "../../texts/ops";
import css from "./Ops.module.css";

/** One that was selected; null where it is not among what is loaded. */
export interface Chosen {
  id: string;
  operation: StaffOperation | null;
}

const able = (action: BulkAction, { operation: one }: Chosen) =>
  one === null || { retry: one.retryable, cancel: one.cancellable, rollback: one.rollsBackTo !== null }[action];

const notAble = { retry: opsOperations.notRetryable, cancel: opsOperations.notCancellable, rollback: opsOperations.notReversible };

// Of more than these nobody would read what each takes back before he presses.
const detailsMax = 10;
const nameOf = ({ id, operation }: Chosen) => (operation === null ? id : opsOperations.title1(operation));

interface Props {
  action: BulkAction;
  /** As it was when it was pressed: what the list becomes meanwhile changes nothing here. */
  chosen: readonly Chosen[];
  onClose: () => void;
  onDone?: (ids: readonly string[]) => void;
}

/** Which operations would be hit, exactly; what is sent is their ids and never a filter. */
export function ActDialog({ action, chosen, onClose, onDone }: Props) {
  const act = useStaffAct();
  const hit = chosen.filter((one) => able(action, one));
  const left = chosen.filter((one) => !able(action, one));
  const close = () => {
    if (act.answer) onDone?.(act.answer.filter((one) => one.accepted).map((one) => one.id));
    onClose();
  };
  return (
    <Dialog
      title={act.answer ? words.results : words.title(action, hit.length || chosen.length)}
      onClose={close}
      actions={
        act.answer ? (
          <Button kind="primary" onPress={close}>
            {words.done}
          </Button>
        ) : (
          <>
            <Button onPress={close}>{words.keep}</Button>
            <Button
              kind={action === "cancel" ? "danger" : "primary"}
              busy={act.busy}
              why={hit.length === 0 ? words.none : null}
              onPress={() => act.press({ action, ids: hit.map((one) => one.id) })}
            >
              {words.go(action, hit.length)}
            </Button>
          </>
        )
      }
    >
      {act.answer ? (
        <div className="stack" role="status">
          <p>{words.sum(act.answer.filter((one) => one.accepted).length, act.answer.length)}</p>
          <ul className={`${css.plain} ${css.longlist}`}>
            {act.answer.map((result) => (
              <li key={result.id}>
                <StatusShape tone={result.accepted ? "ok" : "bad"} size={16} />
                <div>
                  {nameOf(chosen.find((one) => one.id === result.id) ?? { id: result.id, operation: null })}
                  <small>
                    {result.accepted ? words.accepted : words.refused}
                    {result.detail !== null && `: ${result.detail}`}
                    {result.operation !== null && result.operation !== result.id && `, ${words.goesOn} ${result.operation}`}
                  </small>
                </div>
              </li>
            ))}
          </ul>
        </div>
      ) : (
        <div className="stack">
          <p>{words.text[action]}</p>
          {hit.length > 0 && (
            <section className="stack" aria-label={words.hit}>
              <h3>{words.hit}</h3>
              <ul className={`${css.plain} ${css.longlist}`}>
                {hit.map((one) => (
                  <li key={one.id}>
                    <StatusShape tone={action === "cancel" ? "warn" : "idle"} size={16} />
                    <div>
                      {nameOf(one)}
                      <small>
                        {one.operation === null ? words.unseen : <code>{one.id}</code>}
                        {action === "rollback" && one.operation !== null && one.operation.rollsBackTo !== null && (
                          <span className={css.block}>{words.back(one.operation.runsVersion, one.operation.rollsBackTo)}</span>
                        )}
                      </small>
                      {action === "cancel" && hit.length <= detailsMax && <IfCancelled id={one.id} />}
                    </div>
                  </li>
                ))}
              </ul>
            </section>
          )}
          {action === "cancel" && hit.length > detailsMax && <p className={css.quiet}>{words.untold}</p>}
          {left.length > 0 && (
            <section className="stack" aria-label={words.left}>
              <h3>{words.left}</h3>
              <ul className={`${css.plain} ${css.longlist}`}>
                {left.map((one) => (
                  <li key={one.id}>
                    <StatusShape tone="idle" size={16} />
                    <div>
                      {nameOf(one)}
                      <small>{notAble[action]}</small>
                    </div>
                  </li>
                ))}
              </ul>
            </section>
          )}
          {act.problem && <ProblemCard problem={act.problem} />}
        </div>
      )}
    </Dialog>
  );
}

/** What a cancellation would take back, as the API says now. */
function IfCancelled({ id }: { id: string }) {
  const { data, error } = useStaffOperation(id);
  if (data === undefined) return error ? <ProblemCard problem={Problem.of(error)} /> : <p className={css.quiet}>{words.looking}</p>;
  return data.ifCancelled === null ? (
    <p className={css.quiet}>{opsOperations.notCancellable}</p>
  ) : (
    <section aria-label={words.ifCancelled} className={css.taken}>
      <b>{words.ifCancelled}</b>
      <ul className="bullets">
        {data.ifCancelled.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </section>
  );
}
