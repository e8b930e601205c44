import { useSearch } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { usePlans } from "../../api/plans";
import { useCheckout } from "../../api/billing";
import { useBot, useCreate } from "../../api/bots";
import { mayHelp, Problem } from "../../api/problems";
import type { NewDeployment } from "../../api/types";
import { Button } from "../../parts/Button";
import { Curl } from "../../parts/Curl";
import { Card, Page } from "../../parts/Layout";
import { ProblemCard, Skeleton } from "../../parts/States";
import { newBot as words } from "../../texts/bots";
import { CloneOf } from "./CloneOf";
import { useDraft } from "./draft";
import css from "./NewBot.module.css";
import { type Errors, ModelStep, PlanStep, ReviewStep, type Secrets } from "./NewBotSteps";
import { OrderSteps } from "./OrderSteps";

const stepOf: Record<keyof Errors, number> = { name: 0, plan: 0, model: 1, instructions: 1, modelKey: 1, telegramToken: 1 };

/** An order in three steps, and on to the payment. */
export function NewBot() {
  const plans = usePlans();
  const { draft, change, forget } = useDraft();
  const [secrets, setSecrets] = useState<Secrets>({ modelKey: "", telegramToken: "" });
  const [step, setStep] = useState(0);
  const heading = useRef<HTMLHeadingElement>(null);
  const checkout = useCheckout();
  const create = useCreate((made) => {
    forget();
    checkout.press(made.id);
  });
  const go = (to: number) => {
    setStep(to);
    heading.current?.focus();
  };

  const { cloneOf, backup } = useSearch({ from: "/signed-in/bots/new" });
  const { data: source } = useBot(cloneOf ?? null);
  const planOf = (id: string | undefined) => plans.data?.find((one) => one.id === id);
  const plan = planOf(draft.plan) ?? planOf(source?.plan) ?? plans.data?.[0];
  const order: NewDeployment = {
    name: draft.name,
    plan: plan?.id ?? "",
    ...(draft.model ? { model: draft.model } : {}),
    ...(draft.instructions ? { instructions: draft.instructions } : {}),
    ...(secrets.modelKey ? { modelKey: secrets.modelKey } : {}),
    ...(secrets.telegramToken ? { telegramToken: secrets.telegramToken } : {}),
    ...(cloneOf ? { cloneOf, ...(backup ? { backup } : {}) } : {}),
  };
  const { problem } = create;
  const wrong = problem?.field as keyof Errors | null | undefined;
  const elsewhere = wrong && wrong in stepOf && stepOf[wrong] !== step ? stepOf[wrong] : null;

  const submit = () => {
    if (step < 2) go(step + 1);
    else if (create.answer) checkout.press(create.answer.id);
    else create.press(order);
  };

  return (
    <Page title={words.title} intro={words.draft} narrow>
      {cloneOf && <CloneOf bot={cloneOf} backup={backup ?? null} />}
      <OrderSteps at={step} ordered={create.answer !== undefined} onGo={go} />
      <Card>
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <h2 ref={heading} tabIndex={-1} className={css.heading}>
            <span className={css.count}>{words.step(step + 1)}</span>
            {words.steps[step]}
          </h2>
          {plans.data === undefined || plan === undefined ? (
            plans.error ? <ProblemCard problem={Problem.of(plans.error)} onAgain={() => void plans.refetch()} /> : <Skeleton lines={4} height={56} />
          ) : step === 0 ? (
            <PlanStep {...{ draft, change, plan, problem }} plans={plans.data} />
          ) : step === 1 ? (
            <ModelStep {...{ draft, change, secrets, setSecrets, problem }} />
          ) : (
            <ReviewStep {...{ draft, secrets, plan }} from={source?.name ?? null} />
          )}
          {problem && (
            <ProblemCard
              problem={problem}
              onAgain={mayHelp(problem) ? create.again : undefined}
              actions={
                elsewhere !== null && (
                  <Button size="small" onPress={() => go(elsewhere)}>
                    {words.steps[elsewhere]}
                  </Button>
                )
              }
            />
          )}
          {checkout.problem && <ProblemCard problem={checkout.problem} onAgain={checkout.again} />}
          {create.answer && !checkout.problem && <p role="status">{words.ordered(create.answer.name)}</p>}
          {plan && (
            <div className={css.foot}>
              {step > 0 && !create.answer && (
                <Button kind="quiet" onPress={() => go(step - 1)}>
                  {words.back}
                </Button>
              )}
              <Button kind="primary" type="submit" busy={create.busy || checkout.busy || checkout.answer !== undefined}>
                {step < 2 ? words.next : words.submit}
              </Button>
            </div>
          )}
          {step === 2 && <Curl method="POST" path="/deployments" body={hidden(order)} />}
        </form>
      </Card>
    </Page>
  );
}

/** A command is copied, pasted and kept: no secret has a place in it. */
const hidden = (order: NewDeployment) => ({
  ...order,
  ...(order.modelKey ? { modelKey: "…" } : {}),
  ...(order.telegramToken ? { telegramToken: "…" } : {}),
});
