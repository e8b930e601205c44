import { Link } from "@tanstack/react-router";
import { usePlans } from "../../api/account";
import { Loaded, Skeleton } from "../../parts/States";
import { StatusShape } from "../../parts/Status";
import { ButtonLink } from "../../parts/Button";
import { useTitle } from "../../parts/useTitle";
import { Mark } from "../../shell/Mark";
import { en } from "../../texts/en";
import { landing as words } from "../../texts/public";
import css from "./Landing.module.css";

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
        <section className={css.hero}>
          <h1>{words.promise}</h1>
          <p>{words.text}</p>
          <div className={css.start}>
            <ButtonLink to="/signup" search={{ next: "/bots/new" }} kind="primary">
              {cheapest ? words.start(words.price(cheapest.monthlyCents, cheapest.currency)) : words.startPlain}
            </ButtonLink>
          </div>
        </section>
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
          <Loaded query={plans} skeleton={<Skeleton lines={1} height={280} />}>
            {(all) => (
              <ul className={css.cards}>
                {all.map((plan) => (
                  <li key={plan.id} className={css.plan}>
                    <h3>{plan.name}</h3>
                    <p className={css.price}>
                      <strong>{words.price(plan.monthlyCents, plan.currency)}</strong> {words.month}
                    </p>
                    <p className={css.tier}>{words.tier(plan.tier)}</p>
                    <ul>
                      {words.planFacts(plan).map((fact) => (
                        <li key={fact}>{fact}</li>
                      ))}
                    </ul>
                    <ButtonLink to="/signup" search={{ next: "/bots/new" }} wide>
                      {words.choose(plan.name)}
                    </ButtonLink>
                  </li>
                ))}
              </ul>
            )}
          </Loaded>
        </section>
      </main>
      <footer className={css.foot}>{words.footer}</footer>
    </div>
  );
}
