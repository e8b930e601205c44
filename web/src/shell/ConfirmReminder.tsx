import { useResend } from "../api/security";
import { Button } from "../parts/Button";
import { ActProblem } from "../parts/States";
import { StatusShape } from "../parts/Status";
import { toast } from "../parts/Toast";
import { address as words } from "../texts/security";
import css from "./ConfirmReminder.module.css";

/** On every page until the link of the mail was followed. */
export function ConfirmReminder({ email }: { email: string }) {
  const resend = useResend(() => toast(words.resent));
  return (
    <div className={css.reminder}>
      <StatusShape tone="idle" />
      <p>{words.reminder(email)}</p>
      <Button size="small" kind="quiet" busy={resend.busy} onPress={() => resend.press()}>
        {words.resend}
      </Button>
      <ActProblem act={resend} />
    </div>
  );
}
