import { useEffect, useState } from "react";
import { password as words } from "../texts/security";
import { SecretField } from "./Field";
import css from "./NewPassword.module.css";

interface Props {
  label: string;
  /** Whose it is to be: what is in it makes a password weaker. */
  email: string;
  value: string;
  onType: (value: string) => void;
  error?: string | null | undefined;
}

export const passwordMin = 8;

/** A password that is chosen, with how hard it is to guess told as it is typed. */
export function NewPassword({ label, email, value, onType, error }: Props) {
  const score = useScore(value, email);
  const level = value === "" ? null : value.length < passwordMin ? 0 : score;
  return (
    <SecretField
      label={label}
      name="password"
      autoComplete="new-password"
      required
      minLength={passwordMin}
      maxLength={1024}
      value={value}
      onType={onType}
      error={error}
      hint={
        <>
          <span className={css.bar} data-level={level ?? undefined} aria-hidden="true">
            <i />
            <i />
            <i />
            <i />
          </span>
          <span role="status">{level === null ? words.hint : value.length < passwordMin ? words.short(passwordMin - value.length) : words.levels[level]}</span>
        </>
      }
    />
  );
}

/** What guesses the password in its head is large, so it comes when something is typed; until then nothing is said of it. */
function useScore(password: string, email: string) {
  const [known, setKnown] = useState<{ password: string; score: 0 | 1 | 2 | 3 | 4 } | null>(null);
  useEffect(() => {
    if (password.length < passwordMin) return undefined;
    let isNewest = true;
    void import("./strength").then(
      ({ strength }) => isNewest && setKnown({ password, score: strength(password, email) }),
      () => undefined,
    );
    return () => {
      isNewest = false;
    };
  }, [password, email]);
  return known?.password === password ? known.score : null;
}
