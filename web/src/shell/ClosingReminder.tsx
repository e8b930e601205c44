import { useKeepAccount } from "../api/closing";
import { Button } from "../parts/Button";
import { ActProblem } from "../parts/States";
import { StatusShape } from "../parts/Status";
import { toast } from "../parts/Toast";
import { closing as words } from "../texts/security";
import css from "./ConfirmReminder.module.css";

/** On every page of an account that its owner has asked to have closed. */
export function ClosingReminder({ closesAt }: { closesAt: string }) {
  const keep = useKeepAccount(() => toast(words.kept));
  return (
    <aside className={css.reminder} aria-label={words.title}>
      <StatusShape tone="warn" />
      <p>{words.reminder(closesAt)}</p>
      <Button size="small" busy={keep.busy} onPress={() => keep.press()}>
        {words.keep}
      </Button>
      <ActProblem act={keep} />
    </aside>
  );
}
