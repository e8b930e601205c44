import { useState } from "react";
import { useCancel } from "../../api/operations";
import type { Operation } from "../../api/types";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { ProblemCard } from "../../parts/States";
import { operations as words } from "../../texts/operations";

/** Before it is pressed it says what would be taken back. */
export function CancelOperation({ operation }: { operation: Operation }) {
  const [shown, setShown] = useState(false);
  const cancel = useCancel(operation, () => setShown(false));
  const { ifCancelled } = operation;
  return (
    <>
      <Button
        size="small"
        why={operation.cancelling ? words.cancelling : ifCancelled === null ? words.cannotCancel : null}
        onPress={() => setShown(true)}
      >
        {words.cancel}
      </Button>
      {shown && (
        <Dialog
          title={words.cancelTitle(operation.kind)}
          onClose={() => setShown(false)}
          actions={
            <>
              <Button onPress={() => setShown(false)}>{words.cancelKeep}</Button>
              <Button kind="danger" busy={cancel.busy} onPress={() => cancel.press()}>
                {words.cancelGo}
              </Button>
            </>
          }
        >
          {ifCancelled === null || ifCancelled.length === 0 ? (
            <p>{words.cancelNothing}</p>
          ) : (
            <ul className="bullets">
              {ifCancelled.map((one) => (
                <li key={one}>{one}</li>
              ))}
            </ul>
          )}
          {cancel.problem && <ProblemCard problem={cancel.problem} onAgain={cancel.again} />}
        </Dialog>
      )}
    </>
  );
}
