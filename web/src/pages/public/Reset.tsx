import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useReset } from "../../api/security";
import { Button, ButtonLink } from "../../parts/Button";
import { errorOf } from "../../parts/Field";
import { NewPassword } from "../../parts/NewPassword";
import { ActProblem } from "../../parts/States";
import { toast } from "../../parts/Toast";
import { forgot, reset as words } from "../../texts/signIn";
import { PublicCard } from "./PublicCard";
import { useLinkToken } from "./useLinkToken";

/** Where the link of the mail leads that was asked for with a forgotten password. */
export function Reset() {
  const token = useLinkToken();
  const [password, setPassword] = useState("");
  const navigate = useNavigate();
  const act = useReset(() => {
    toast(words.done);
    void navigate({ to: "/login" });
  });
  const error = errorOf(act.problem, "password");
  return (
    <PublicCard title={words.title} intro={words.intro} other={<Link to="/login">{forgot.back}</Link>}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          act.press({ token, password });
        }}
      >
        <NewPassword label={words.password} email="" value={password} onType={setPassword} error={error} />
        <ActProblem act={act} told={error} />
        {act.problem?.kind === "link-over" ? (
          <ButtonLink to="/forgot" kind="primary" wide>
            {words.another}
          </ButtonLink>
        ) : (
          <Button kind="primary" type="submit" busy={act.busy} wide>
            {words.submit}
          </Button>
        )}
      </form>
    </PublicCard>
  );
}
