import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useQueryClient } from "@tanstack/react-query";
import { useSignIn } from "../../api/account";
import { mayHelp } from "../../api/problems";
import { Button } from "../../parts/Button";
import { Curl } from "../../parts/Curl";
import { errorOf, Field, SecretField } from "../../parts/Field";
import { ProblemCard } from "../../parts/States";
import { useTitle } from "../../parts/useTitle";
import { Mark } from "../../shell/Mark";
import { ownPath } from "../../shell/next";
import { en } from "../../texts/en";
import { signIn as words } from "../../texts/public";
import css from "./SignIn.module.css";

export const Login = () => <SignIn fresh={false} />;
export const Signup = () => <SignIn fresh />;

function SignIn({ fresh }: { fresh: boolean }) {
  const next = ownPath(useSearch({ strict: false }).next);
  const search = next === undefined ? {} : { next };
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const route = fresh ? "/auth/signup" : "/auth/login";
  const act = useSignIn(route, () => {
    queries.clear();
    void navigate({ href: next ?? (fresh ? "/bots/new" : "/bots") });
  });
  useTitle(fresh ? words.signUpTitle : words.submit);
  const [emailError, passwordError] = [errorOf(act.problem, "email"), errorOf(act.problem, "password")];
  return (
    <div className={css.page}>
      <header>
        <Link to="/" className={css.brand} aria-label={en.product}>
          <Mark size={40} />
        </Link>
      </header>
      <main id="content" className={css.main}>
        <div className={css.card}>
          <h1>{fresh ? words.signUpTitle : words.title}</h1>
          <p className={css.intro}>{fresh ? words.signUpIntro : words.intro}</p>
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
              autoComplete={fresh ? "new-password" : "current-password"}
              required
              minLength={10}
              value={password}
              onType={setPassword}
              error={passwordError}
              hint={fresh ? words.passwordHint : undefined}
            />
            {act.problem && !emailError && !passwordError && (
              <ProblemCard problem={act.problem} {...(act.problem.retryAt === null && !mayHelp(act.problem) ? {} : { onAgain: act.again })} />
            )}
            <Button kind="primary" type="submit" busy={act.busy} wide>
              {fresh ? words.signUpSubmit : words.submit}
            </Button>
            <Curl method="POST" path={route} body={{ email, password: "…" }} />
          </form>
        </div>
        <p className={css.other}>
          {fresh ? words.haveAccount : words.noAccount}{" "}
          <Link to={fresh ? "/login" : "/signup"} search={search}>
            {fresh ? words.submit : words.createOne}
          </Link>
        </p>
      </main>
    </div>
  );
}
