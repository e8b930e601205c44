import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { usePlanName } from "../../api/plans";
import { useCancel } from "../../api/billing";
import type { BilledBot } from "../../api/types";
import type { Tone } from "../../api/types";
import { Button } from "../../parts/Button";
import { Line, LineTitle } from "../../parts/Rows";
import { ActProblem } from "../../parts/States";
import { Status } from "../../parts/Status";
import { toast } from "../../parts/Toast";
import { billing as words, cancelling } from "../../texts/billing";
import { money } from "../../texts/format";
import { PayButton } from "../bots/PayButton";
import css from "./Billing.module.css";
import { CancelPlan } from "./CancelPlan";
import { LadderOf } from "./LadderOf";

const tones: Readonly<Record<string, Tone>> = { none: "idle", unpaid: "warn", active: "ok", "past-due": "bad", canceled: "idle", refunded: "idle" };

/** What is paid for one bot, what comes next, and what can be done about it. */
export function BilledBotLine({ bot: { deployment, name, plan, monthlyCents, currency, billing } }: { bot: BilledBot }) {
  const planName = usePlanName();
  const [asks, setAsks] = useState(false);
  const keep = useCancel("uncancel", () => toast(words.kept(name)));
  const { state, nextCharge, periodEnd, cancelAtPeriodEnd, keptUntil, ladder, dispute, refunds, trialEndsAt } = billing;
  const isEnding = cancelAtPeriodEnd && periodEnd !== null;
  const word = isEnding ? words.ends(periodEnd) : trialEndsAt === null ? (words.states[state] ?? state) : words.free(trialEndsAt);
  const isCancellable = state === "active" && !cancelAtPeriodEnd;
  return (
    <Line
      below
      aside={
        cancelAtPeriodEnd ? dispute?.status !== "lost" && (
          <Button size="small" label={words.keepOf(name)} busy={keep.busy} onPress={() => keep.press(deployment)}>
            {words.keep}
          </Button>
        ) : state === "unpaid" ? (
          <PayButton id={deployment} size="small" />
        ) : isCancellable ? (
          <Button size="small" label={words.cancelOf(name)} onPress={() => setAsks(true)}>
            {words.cancel}
          </Button>
        ) : undefined
      }
    >
      <LineTitle>
        <Link to="/bots/$id" params={{ id: deployment }}>
          <strong>{name}</strong>
        </Link>
        <Status tone={cancelAtPeriodEnd ? "warn" : (tones[state] ?? "idle")} word={word} pill />
      </LineTitle>
      <p className={css.facts}>
        <span>{planName(billing.plan ?? plan)}</span>
        {monthlyCents !== null && currency !== null && <span>{words.month(money(monthlyCents, currency))}</span>}
        <span>{nextCharge === null ? words.noNext : words.next(nextCharge.at, money(nextCharge.amount, nextCharge.currency))}</span>
      </p>
      <p className={css.reason}>{billing.reason}</p>
      {refunds.map(({ subscription, amount, currency: given }) => (
        <p key={subscription} className={css.reason}>
          {words.refund(money(amount, given))}
        </p>
      ))}
      {dispute && dispute.status !== "won" && dispute.status !== "lost" && <p className={css.reason}>{words.dispute(money(dispute.amount, dispute.currency), dispute.since)}</p>}
      {isEnding && (
        <ul className={css.steps}>
          <li>{cancelling.runs(periodEnd)}</li>
          {keptUntil !== null && <li>{cancelling.deleted(keptUntil)}</li>}
        </ul>
      )}
      <ActProblem act={keep} />
      {ladder && <LadderOf ladder={ladder} deployment={deployment} />}
      {asks && <CancelPlan deployment={deployment} name={name} periodEnd={periodEnd} trial={trialEndsAt !== null} onClose={() => setAsks(false)} />}
    </Line>
  );
}
