import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useForgot } from "../../api/security";
import { Button } from "../../parts/Button";
import { errorOf, Field } from "../../parts/Field";
import { ActProblem } from "../../parts/States";
import { forgot as words, signIn } from "../../texts/signIn";
import { PublicCard } from "./PublicCard";

/** The same is said of an address that has an account and one that has none. */
export function Forgot() {
  const [email, setEmail] = useState("");
  const [sentTo, setSentTo] = useState<string | null>(null);
  const act = useForgot(setSentTo);
  const error = errorOf(act.problem, "email");
  return (
    <PublicCard title={sentTo === null ? words.title : words.sentTitle} intro={sentTo === null ? words.intro : words.sent(sentTo)} other={<Link to="/login">{words.back}</Link>}>
      {sentTo !== null ? (
        <p>{words.notThere}</p>
      ) : (
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            act.press(email.trim());
          }}
        >
          <Field label={signIn.email} name="email" type="email" autoComplete="username" required value={email} onType={setEmail} error={error} />
          <ActProblem act={act} told={error} />
          <Button kind="primary" type="submit" busy={act.busy} wide>
            {words.submit}
          </Button>
        </form>
      )}
    </PublicCard>
  );
}
