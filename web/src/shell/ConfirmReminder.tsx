import { Resend } from "../parts/Resend";
import { StatusShape } from "../parts/Status";
import { address as words } from "../texts/security";
import css from "./ConfirmReminder.module.css";

/** On every page until the link of the mail was followed. */
export function ConfirmReminder({ email }: { email: string }) {
  return (
    <div className={css.reminder}>
      <StatusShape tone="idle" />
      <p>{words.reminder(email)}</p>
      <Resend kind="quiet" />
    </div>
  );
}
