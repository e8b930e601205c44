import { Link } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { usePlans } from "../../api/plans";
import { StatusShape } from "../../parts/Status";
import { ButtonLink } from "../../parts/Button";
import { useTitle } from "../../parts/useTitle";
import { Mark } from "../../shell/Mark";
import { en } from "../../texts/en";
import { landing as words } from "../../texts/public";
import css from "./Landing.module.css";

// After the promise is on the screen: they are the bigger part of the page.
const Replay = lazy(() => import("./Replay"));
const Plans = lazy(() => import("./Plans"));

export function Landing() {
  useTitle(words.promise);
  const plans = usePlans();
  const cheapest = plans.data?.reduce((least, plan) => (plan.monthlyCents < least.monthlyCents ? plan : least));
  return (
    <div className={css.page}>
      <header className={css.head}>
        <Link to="/" className={css.brand}>
          <Mark />
          {en.product}
        </Link>
        <ButtonLink to="/login" kind="quiet">
          {words.signIn}
        </ButtonLink>
      </header>
      <main id="content">
        <div className={css.top}>
          <section className={css.hero}>
            <h1>{words.promise}</h1>
            <p>{words.text}</p>
            <div className={css.start}>
              <ButtonLink to="/signup" search={{ next: "/bots/new" }} kind="primary">
                {cheapest ? words.start(words.price(cheapest.monthlyCents, cheapest.currency)) : words.startPlain}
              </ButtonLink>
            </div>
          </section>
          <Suspense fallback={<div className={css.room} />}>
            <Replay />
          </Suspense>
        </div>
        <ul className={css.points}>
          {words.points.map((point) => (
            <li key={point.title}>
              <StatusShape tone="ok" size={20} />
              <h2>{point.title}</h2>
              <p>{point.text}</p>
            </li>
          ))}
        </ul>
        <section className={css.plans} aria-labelledby="plans">
          <h2 id="plans">{words.plans}</h2>
          <p>{words.plansText}</p>
          <Suspense fallback={<div className={css.plansRoom} />}>
            <Plans />
          </Suspense>
        </section>
      </main>
      <footer className={css.foot}>{words.footer}</footer>
    </div>
  );
}
