import { useCancel } from "../../api/billing";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { ActProblem } from "../../parts/States";
import { cancelling as words } from "../../texts/billing";

interface Props {
  deployment: string;
  name: string;
  periodEnd: string | null;
  /** Nothing was charged yet. */
  trial: boolean;
  onClose: () => void;
}

/** What happens when, before it is asked for. */
export function CancelPlan({ deployment, name, periodEnd, trial, onClose }: Props) {
  const act = useCancel("cancel", onClose);
  return (
    <Dialog
      title={words.title(name)}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{words.keep}</Button>
          <Button kind="danger" busy={act.busy} onPress={() => act.press(deployment)}>
            {words.go}
          </Button>
        </>
      }
    >
      <ul className="bullets">
        <li>{periodEnd === null ? words.untilUnknown(name) : words.until(name, periodEnd, trial)}</li>
        <li>{words.afterwards}</li>
        <li>{words.nothing(trial)}</li>
        <li>{words.undo}</li>
      </ul>
      <ActProblem act={act} />
    </Dialog>
  );
}
