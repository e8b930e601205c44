import { codes as words } from "../texts/security";
import { Field } from "./Field";

interface Props {
  value: string;
  onType: (value: string) => void;
}

/** What an authenticator app shows: six figures, which a phone offers by itself. */
export const CodeField = ({ value, onType }: Props) => (
  <Field
    label={words.code}
    hint={words.codeHint}
    name="code"
    inputMode="numeric"
    autoComplete="one-time-code"
    pattern="[0-9]{6}"
    title={words.codePattern}
    required
    value={value}
    // Apps show it in two halves, and it is copied so.
    onType={(typed) => onType(typed.replaceAll(/\D/g, "").slice(0, 6))}
  />
);

export const RecoveryCodeField = ({ value, onType }: Props) => (
  <Field label={words.recovery} hint={words.recoveryHint} name="recovery" autoComplete="off" spellCheck={false} required value={value} onType={onType} />
);
