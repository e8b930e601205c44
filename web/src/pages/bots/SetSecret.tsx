import { useState } from "react";
import { useSave } from "../../api/config";
import type { Deployment } from "../../api/types";
import { Button } from "../../parts/Button";
import { Curl } from "../../parts/Curl";
import { Dialog } from "../../parts/Dialog";
import { errorOf, Field, SecretField } from "../../parts/Field";
import { ProblemCard } from "../../parts/States";
import { secrets as words } from "../../texts/secrets";

interface Props {
  bot: Deployment;
  tag: string;
  isNew: boolean;
  onClose: () => void;
  onBegun: (operation: string) => void;
}

/** What is typed lives as long as the dialog. */
export function SetSecret({ bot, tag, isNew, onClose, onBegun }: Props) {
  const [value, setValue] = useState("");
  const [why, setWhy] = useState("");
  const save = useSave(bot.id, onBegun);
  const reason = why === "" ? {} : { why };
  const errors = { value: errorOf(save.problem, "telegramToken"), why: errorOf(save.problem, "why") };
  return (
    <Dialog title={isNew ? words.dialog.new : words.dialog.other} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          save.press({ patch: { telegramToken: value.trim(), ...reason }, tag });
        }}
      >
        <p>{words.effect(bot.name)}</p>
        <SecretField label={words.value} hint={words.valueHint} required value={value} onType={setValue} error={errors.value} />
        <Field label={words.why} hint={words.whyHint} optional maxLength={200} value={why} onType={setWhy} error={errors.why} />
        {save.problem && !errors.value && !errors.why && (
          <ProblemCard problem={save.problem} onAgain={save.problem.kind === "moved" ? () => save.press({ patch: { telegramToken: value.trim(), ...reason }, tag }) : save.again} />
        )}
        <Button kind="primary" type="submit" busy={save.busy}>
          {words.save}
        </Button>
        <Curl method="PATCH" path={`/deployments/${bot.id}/config`} headers={{ "If-Match": tag }} body={{ telegramToken: "…", ...reason }} />
      </form>
    </Dialog>
  );
}
