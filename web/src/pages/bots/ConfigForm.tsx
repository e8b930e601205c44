import { usePlans } from "../../api/plans";
import type { Problem } from "../../api/problems";
import { mayHoldSecret } from "../../config/secretish";
import { Choice, errorOf, SecretField, TextArea } from "../../parts/Field";
import { Card } from "../../parts/Layout";
import { Skeleton } from "../../parts/States";
import { Switch } from "../../parts/Switch";
import { config as words } from "../../texts/config";
import { megabytes, money } from "../../texts/format";
import { ModelField } from "./ModelField";
import type { ConfigDraft } from "./useConfigDraft";

interface Props {
  form: ConfigDraft;
  token: string;
  setToken: (token: string) => void;
  hasToken: boolean;
  problem: Problem | null;
}

export function ConfigForm({ form: { draft, was, type }, token, setToken, hasToken, problem }: Props) {
  const plans = usePlans();
  return (
    <Card title={words.form}>
      <div className="stack">
        <ModelField value={draft.model} onType={(model) => type({ model })} error={errorOf(problem, "model")} />
        <TextArea
          label={words.instructions}
          hint={mayHoldSecret(JSON.stringify(draft.instructions)) ? words.notKept : words.instructionsHint}
          optional
          rows={6}
          maxLength={16_384}
          value={draft.instructions}
          onType={(instructions) => type({ instructions })}
          error={errorOf(problem, "instructions")}
        />
        <Switch
          label={words.telegram}
          text={draft.telegram ? words.telegramOn : words.telegramOff}
          on={draft.telegram}
          onTurn={(telegram) => type({ telegram })}
        />
        {draft.telegram && (
          <SecretField
            label={words.token}
            hint={hasToken ? words.tokenHintSet : words.tokenHintNone}
            optional={hasToken}
            value={token}
            onType={setToken}
            error={errorOf(problem, "telegramToken") ?? errorOf(problem, "telegram")}
          />
        )}
        {plans.data ? (
          <Choice
            legend={words.plan}
            value={draft.plan}
            onChoose={(plan) => type({ plan })}
            options={plans.data.map(({ id, name, memoryMb, storageMb, monthlyCents, currency }) => ({
              value: id,
              title: id === was.plan ? `${name} (${words.planSame})` : name,
              text: `${megabytes(memoryMb)} · ${megabytes(storageMb)}`,
              aside: money(monthlyCents, currency),
            }))}
          />
        ) : (
          <Skeleton lines={3} height={76} />
        )}
      </div>
    </Card>
  );
}
