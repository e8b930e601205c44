import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { keys } from "../api/keys";
import type { SecondFactorNeeded } from "../api/types";
import { useLogin, useSecond } from "../api/security";
import { asking, session } from "../api/session";
import { useStore } from "../api/store";
import type { Account } from "../api/types";
import { Button } from "../parts/Button";
import { Dialog } from "../parts/Dialog";
import { Field, SecretField } from "../parts/Field";
import { SecondForm } from "../parts/SecondForm";
import { ActProblem } from "../parts/States";
import { en } from "../texts/en";
import { signIn as words } from "../texts/signIn";
import { StepUpDialog } from "./StepUpDialog";

/** Over the page, so that nothing on it is lost. What was refused goes on by itself afterwards. */
export function SignInDialog() {
  const why = useStore(asking);
  return why === null ? null : why === "again" ? <StepUpDialog /> : <Lapsed />;
}

function Lapsed() {
  const queries = useQueryClient();
  const before = queries.getQueryData<Account>(keys.me);
  const [email, setEmail] = useState(before?.email ?? "");
  const [password, setPassword] = useState("");
  const [second, setSecond] = useState<SecondFactorNeeded | null>(null);
  const goOn = () => {
    // Somebody else's page must not stay: everything is read anew.
    if (before && before.email.toLowerCase() !== email.trim().toLowerCase()) location.assign("/bots");
    else session.answer(true);
  };
  const signIn = useLogin(goOn, setSecond);
  return (
    <Dialog title={second === null ? words.lapsedTitle : words.secondTitle} onClose={() => session.answer(false)}>
      {second === null ? (
        <>
          <p>{words.lapsedText}</p>
          <form
            className="stack"
            onSubmit={(event) => {
              event.preventDefault();
              signIn.press({ email, password });
            }}
          >
            <Field label={words.email} type="email" autoComplete="username" required value={email} onType={setEmail} />
            <SecretField label={words.password} autoComplete="current-password" required value={password} onType={setPassword} />
            <ActProblem act={signIn} />
            <Button kind="primary" type="submit" busy={signIn.busy} wide>
              {en.nav.signIn}
            </Button>
          </form>
        </>
      ) : (
        <Second needed={second} onDone={goOn} onOver={() => setSecond(null)} />
      )}
    </Dialog>
  );
}

function Second({ needed, onDone, onOver }: { needed: SecondFactorNeeded; onDone: () => void; onOver: () => void }) {
  const act = useSecond(onDone);
  return <SecondForm needed={needed} act={act} submit={en.nav.signIn} onOver={onOver} />;
}
