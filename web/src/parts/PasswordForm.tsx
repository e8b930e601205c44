import { useState } from "react";
import type { Act } from "../api/act";
import { password as words } from "../texts/security";
import { Button } from "./Button";
import { errorOf, SecretField } from "./Field";
import { NewPassword } from "./NewPassword";
import { ActProblem } from "./States";

export interface PasswordTyped {
  password: string;
  current?: string;
}

interface Props {
  email: string;
  act: Act<PasswordTyped, unknown>;
  /** Who has none of their own yet has nothing to show. */
  asksCurrent?: boolean;
  note?: string;
  submit: string;
}

/** Another password in the place of the one there is. */
export function PasswordForm({ email, act, asksCurrent = false, note, submit }: Props) {
  const [current, setCurrent] = useState("");
  const [fresh, setFresh] = useState("");
  const error = errorOf(act.problem, "password");
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        act.press({ password: fresh, ...(asksCurrent ? { current } : {}) });
      }}
    >
      {/* For what keeps passwords, so that it knows whose it is. */}
      <input type="email" autoComplete="username" value={email} readOnly hidden />
      {asksCurrent && <SecretField label={words.current} name="current" autoComplete="current-password" required value={current} onType={setCurrent} />}
      <NewPassword label={words.fresh} email={email} value={fresh} onType={setFresh} error={error} />
      {note !== undefined && <p>{note}</p>}
      <ActProblem act={act} told={error} />
      <Button kind="primary" type="submit" busy={act.busy} wide>
        {submit}
      </Button>
    </form>
  );
}
