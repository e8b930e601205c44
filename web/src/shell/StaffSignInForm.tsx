import { useState } from "react";
import { mayHelp } from "../api/problems";
import { type Operator, useStaffSignIn } from "../api/staff";
import { Button } from "../parts/Button";
import { errorOf, Field, SecretField } from "../parts/Field";
import { ProblemCard } from "../parts/States";
import { staffSignIn as words } from "../texts/ops";

interface Props {
  known?: string | undefined;
  onDone: (who: Operator) => void;
}

/** The operators' own door: on its page, and over a page whose session has ended. */
export function StaffSignInForm({ known = "", onDone }: Props) {
  const [email, setEmail] = useState(known);
  const [password, setPassword] = useState("");
  const act = useStaffSignIn(onDone);
  const [emailError, passwordError] = [errorOf(act.problem, "email"), errorOf(act.problem, "password")];
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
        minLength={10}
        value={password}
        onType={setPassword}
        error={passwordError}
      />
      {act.problem && !emailError && !passwordError && (
        <ProblemCard problem={act.problem} {...(act.problem.retryAt === null && !mayHelp(act.problem) ? {} : { onAgain: act.again })} />
      )}
      <Button kind="primary" type="submit" busy={act.busy} wide>
        {words.submit}
      </Button>
    </form>
  );
}
