import { usePlans } from "../../api/plans";
import { ButtonLink } from "../../parts/Button";
import { Loaded, Skeleton } from "../../parts/States";
import { landing as words } from "../../texts/public";
import css from "./Landing.module.css";

/** What is for sale, with its price. */
export default function Plans() {
  const plans = usePlans();
  return (
    <Loaded query={plans} skeleton={<Skeleton lines={1} height={280} />}>
      {(all) => (
        <ul className={css.cards}>
          {all.map((plan) => (
            <li key={plan.id} className={css.plan}>
              <h3>{plan.name}</h3>
              <p className={css.price}>
                <strong>{words.price(plan.monthlyCents, plan.currency)}</strong> {words.month}
              </p>
              {plan.trialDays > 0 && <p className={css.trial}>{words.trial(plan)}</p>}
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
  );
}
