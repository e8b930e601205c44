import { useState } from "react";
import { type StaffOperation, useExtend } from "../../api/staff";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { ProblemCard } from "../../parts/States";
import { Time } from "../../parts/Time";
import { toast } from "../../parts/Toast";
import { opsOperations } from "../../texts/ops";
import { opsExtend as words } from "../../texts/opsMap";
import css from "./Ops.module.css";

const choices = [5, 15, 30, 60];

/** More minutes for one that goes on, with what that does and does not do. */
export function ExtendDialog({ operation, onClose }: { operation: StaffOperation; onClose: () => void }) {
  const [minutes, setMinutes] = useState(15);
  const extend = useExtend(operation.id, () => {
    toast(words.done);
    onClose();
  });
  return (
    <Dialog
      title={words.title(opsOperations.title1(operation))}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{words.keep}</Button>
          <Button kind="primary" busy={extend.busy} onPress={() => extend.press(minutes)}>
            {words.go}
          </Button>
        </>
      }
    >
      <div className="stack">
        <p>{words.text}</p>
        {operation.deadline !== null && (
          <p>
            {words.deadline} <Time at={operation.deadline} />
          </p>
        )}
        <label className={css.select}>
          {words.label}
          <select value={minutes} onChange={(event) => setMinutes(Number(event.target.value))}>
            {choices.map((one) => (
              <option key={one} value={one}>
                {words.choice(one)}
              </option>
            ))}
          </select>
        </label>
        <p className={css.quiet}>{words.hint}</p>
        {extend.problem && <ProblemCard problem={extend.problem} onAgain={extend.again} />}
      </div>
    </Dialog>
  );
}
