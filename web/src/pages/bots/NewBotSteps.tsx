import type { Problem } from "../../api/problems";
import type { NewDeployment, Plan } from "../../api/types";
import { Choice, errorOf, Field, SecretField, TextArea } from "../../parts/Field";
import { Facts } from "../../parts/Layout";
import { newBot as words } from "../../texts/bots";
import { landing } from "../../texts/public";
import type { Draft } from "./draft";
import { ModelField } from "./ModelField";

export type Errors = Partial<Record<keyof Omit<NewDeployment, "cloneOf" | "backup">, string>>;

export interface Secrets {
  modelKey: string;
  telegramToken: string;
}

interface Written {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  problem: Problem | null;
}

export const PlanStep = ({ draft, change, problem, plans, plan }: Written & { plans: readonly Plan[]; plan: Plan }) => (
  <>
    <Field
      label={words.name}
      hint={words.nameHint}
      required
      maxLength={60}
      autoComplete="off"
      value={draft.name}
      onType={(name) => change({ name })}
      error={errorOf(problem, "name")}
    />
    <Choice
      legend={words.plan}
      value={plan.id}
      onChoose={(chosen) => change({ plan: chosen })}
      options={plans.map((one) => ({
        value: one.id,
        title: one.name,
        text: `${[landing.tier(one.tier), landing.planFacts(one).join(", "), landing.trial(one)].filter((part) => part !== null).join(". ")}.`,
        aside: landing.price(one.monthlyCents, one.currency),
      }))}
    />
  </>
);

interface ModelProps extends Written {
  secrets: Secrets;
  setSecrets: (secrets: Secrets) => void;
}

export const ModelStep = ({ draft, change, problem, secrets, setSecrets }: ModelProps) => (
    <>
      <ModelField value={draft.model} onType={(model) => change({ model })} error={errorOf(problem, "model")} />
      <TextArea
        label={words.instructions}
        hint={words.instructionsHint}
        placeholder={words.instructionsPlaceholder}
        optional
        rows={4}
        maxLength={16_384}
        value={draft.instructions}
        onType={(instructions) => change({ instructions })}
        error={errorOf(problem, "instructions")}
      />
      <SecretField
        label={words.modelKey}
        hint={words.modelKeyHint}
        optional
        value={secrets.modelKey}
        onType={(modelKey) => setSecrets({ ...secrets, modelKey })}
        error={errorOf(problem, "modelKey")}
      />
      <SecretField
        label={words.telegram}
        hint={words.telegramHint}
        optional
        value={secrets.telegramToken}
        onType={(telegramToken) => setSecrets({ ...secrets, telegramToken })}
        error={errorOf(problem, "telegramToken")}
      />
    </>
);

interface ReviewProps {
  draft: Draft;
  secrets: Secrets;
  plan: Plan;
  /** The bot whose data it begins with. */
  from: string | null;
}

export const ReviewStep = ({ draft, secrets, plan, from }: ReviewProps) => (
    <Facts
      facts={[
        [words.name, draft.name],
        [words.plan, `${plan.name}. ${landing.planFacts(plan).join(", ")}.`],
        from === null ? null : [words.data, words.dataOf(from)],
        [words.model, draft.model || words.byDefault],
        draft.instructions === "" ? null : [words.instructions, draft.instructions],
        [words.modelKey, secrets.modelKey === "" ? words.notGiven : words.given],
        [words.telegram, secrets.telegramToken === "" ? words.notGiven : words.given],
        [words.charge, words.chargeText(landing.price(plan.monthlyCents, plan.currency), landing.trial(plan))],
        plan.takesCodes ? [words.code, words.codeText] : null,
      ]}
    />
);
