import { useState } from "react";
import type { Operator } from "../api/staff";
import { useStaffSecond, useStaffSignIn } from "../api/staffSecurity";
import type { SecondFactorNeeded } from "../api/types";
import { Button } from "../parts/Button";
import { errorOf, Field, SecretField } from "../parts/Field";
import { SecondForm } from "../parts/SecondForm";
import { ActProblem } from "../parts/States";
import { staffSignIn as words } from "../texts/opsSignIn";

interface Props {
  known?: string | undefined;
  onDone: (who: Operator) => void;
}

/** The operators' own door: on its page, and over a page whose session has ended. */
export function StaffSignInForm({ known = "", onDone }: Props) {
  const [email, setEmail] = useState(known);
  const [password, setPassword] = useState("");
  const [needed, setNeeded] = useState<SecondFactorNeeded | null>(null);
  const act = useStaffSignIn(onDone, setNeeded);
  const second = useStaffSecond(onDone);
  const [emailError, passwordError] = [errorOf(act.problem, "email"), errorOf(act.problem, "password")];
  if (needed !== null) {
    const startOver = () => {
      second.clear();
      setNeeded(null);
    };
    return <SecondForm needed={needed} act={second} submit={words.submit} onOver={startOver} />;
  }
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        act.press({ email, password });
      }}
    >
      <Field label={words.email} name="email" type="email" autoComplete="username" required value={email} onType={setEmail} error={emailError} />
      <SecretField
        label={words.password}
        name="password"
        autoComplete="current-password"
        required
        value={password}
        onType={setPassword}
        error={passwordError}
      />
      <ActProblem act={act} told={emailError ?? passwordError} />
      <Button kind="primary" type="submit" busy={act.busy} wide>
        {words.submit}
      </Button>
    </form>
  );
}
