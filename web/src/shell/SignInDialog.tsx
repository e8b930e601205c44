import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useSignIn } from "../api/account";
import { keys } from "../api/keys";
import { asking, session } from "../api/session";
import { useStore } from "../api/store";
import type { Account } from "../api/types";
import { Button } from "../parts/Button";
import { Dialog } from "../parts/Dialog";
import { Field, SecretField } from "../parts/Field";
import { ProblemCard } from "../parts/States";
import { en } from "../texts/en";
import { signIn as words } from "../texts/public";

/** Over the page, so that nothing on it is lost. What was refused goes on by itself afterwards. */
export function SignInDialog() {
  const why = useStore(asking);
  return why === null ? null : <Form again={why === "again"} />;
}

function Form({ again }: { again: boolean }) {
  const queries = useQueryClient();
  const before = queries.getQueryData<Account>(keys.me);
  const [email, setEmail] = useState(before?.email ?? "");
  const [password, setPassword] = useState("");
  const signIn = useSignIn("/auth/login", () => {
    // Somebody else's page must not stay: everything is read anew.
    if (before && before.email.toLowerCase() !== email.trim().toLowerCase()) location.assign("/bots");
    else session.answer(true);
  });
  return (
    <Dialog title={again ? words.againTitle : words.lapsedTitle} onClose={() => session.answer(false)}>
      <p>{again ? words.againText : words.lapsedText}</p>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          signIn.press({ email, password });
        }}
      >
        <Field label={words.email} type="email" autoComplete="username" required value={email} onType={setEmail} />
        <SecretField label={words.password} autoComplete="current-password" required value={password} onType={setPassword} />
        {signIn.problem && <ProblemCard problem={signIn.problem} />}
        <Button kind="primary" type="submit" busy={signIn.busy} wide>
          {en.nav.signIn}
        </Button>
      </form>
    </Dialog>
  );
}
