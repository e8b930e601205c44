import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useQueryClient } from "@tanstack/react-query";
import { useSignUp } from "../../api/account";
import type { SecondFactorNeeded } from "../../api/types";
import { useLogin } from "../../api/security";
import { Button } from "../../parts/Button";
import { Curl } from "../../parts/Curl";
import { errorOf, Field, SecretField } from "../../parts/Field";
import { NewPassword } from "../../parts/NewPassword";
import { ActProblem } from "../../parts/States";
import { ownPath } from "../../shell/next";
import { signIn as words } from "../../texts/signIn";
import { PasskeySignIn } from "./PasskeySignIn";
import { PublicCard } from "./PublicCard";
import { SecondFactor } from "./SecondFactor";

/** Where somebody was on the way to, and how they get there once signed in. */
function useWay(otherwise: string) {
  const next = ownPath(useSearch({ strict: false }).next);
  const navigate = useNavigate();
  const queries = useQueryClient();
  return {
    search: next === undefined ? {} : { next },
    go: () => {
      queries.clear();
      void navigate({ href: next ?? otherwise });
    },
  };
}

export function Login() {
  const { search, go } = useWay("/bots");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [second, setSecond] = useState<SecondFactorNeeded | null>(null);
  const act = useLogin(go, setSecond);
  const [emailError, passwordError] = [errorOf(act.problem, "email"), errorOf(act.problem, "password")];
  if (second !== null) {
    return <SecondFactor needed={second} onDone={go} onOver={() => setSecond(null)} />;
  }
  return (
    <PublicCard
      title={words.title}
      tab={words.submit}
      intro={words.intro}
      other={
        <>
          {words.noAccount}{" "}
          <Link to="/signup" search={search}>
            {words.createOne}
          </Link>
        </>
      }
    >
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
          hint={<Link to="/forgot">{words.forgot}</Link>}
        />
        <ActProblem act={act} told={emailError ?? passwordError} />
        <Button kind="primary" type="submit" busy={act.busy} wide>
          {words.submit}
        </Button>
        <PasskeySignIn onDone={go} />
        <Curl method="POST" path="/auth/login" body={{ email, password: "…" }} />
      </form>
    </PublicCard>
  );
}

export function Signup() {
  const { search, go } = useWay("/bots/new");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const act = useSignUp(go);
  const [emailError, passwordError] = [errorOf(act.problem, "email"), errorOf(act.problem, "password")];
  return (
    <PublicCard
      title={words.signUpTitle}
      intro={words.signUpIntro}
      other={
        <>
          {words.haveAccount}{" "}
          <Link to="/login" search={search}>
            {words.submit}
          </Link>
        </>
      }
    >
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          act.press({ email, password });
        }}
      >
        <Field label={words.email} name="email" type="email" autoComplete="username" required value={email} onType={setEmail} error={emailError} />
        <NewPassword label={words.password} email={email} value={password} onType={setPassword} error={passwordError} />
        <ActProblem act={act} told={emailError ?? passwordError} />
        <Button kind="primary" type="submit" busy={act.busy} wide>
          {words.signUpSubmit}
        </Button>
        <Curl method="POST" path="/auth/signup" body={{ email, password: "…" }} />
      </form>
    </PublicCard>
  );
}
