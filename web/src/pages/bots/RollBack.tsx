import { useState } from "react";
import type { Deployment } from "../../api/types";
import { type DataChoice, useRollBack, type Version } from "../../api/versions";
import { Button } from "../../parts/Button";
import { Curl } from "../../parts/Curl";
import { Dialog } from "../../parts/Dialog";
import { Choice, errorOf, Field } from "../../parts/Field";
import { ProblemCard } from "../../parts/States";
import { versions as words } from "../../texts/versions";

interface Props {
  bot: Deployment;
  to: Version;
  tag: string;
  onClose: () => void;
  onBegun: (operation: string) => void;
  onPlan: (operation: string) => void;
}

/** Back to a version that ran, with what the bot learned since or without. */
export function RollBack({ bot, to, tag, onClose, onBegun, onPlan }: Props) {
  const [data, setData] = useState<DataChoice>("as-now");
  const [why, setWhy] = useState("");
  const go = useRollBack(bot.id, false, onBegun);
  const look = useRollBack(bot.id, true, onPlan);
  const asked = { version: to.version, data, why, tag };
  const problem = go.problem ?? look.problem;
  const canReturn = to.version === bot.previousGood;
  return (
    <Dialog
      title={words.backTitle(to.version)}
      onClose={onClose}
      actions={
        <>
          <Button busy={look.busy} onPress={() => { go.clear(); look.press(asked); }}>
            {words.preview}
          </Button>
          <Button kind="primary" busy={go.busy} onPress={() => { look.clear(); go.press(asked); }}>
            {words.go}
          </Button>
        </>
      }
    >
      <p>{words.backText(to.version, bot.name)}</p>
      <Choice
        legend={words.keepLearned}
        value={data}
        onChoose={setData}
        options={[
          { value: "as-now", title: words.asNow, text: words.asNowText },
          ...(canReturn ? [{ value: "as-at-switch" as const, title: words.asAtSwitch, text: words.asAtSwitchText }] : []),
        ]}
      />
      {!canReturn && <p>{words.onlyLast(bot.previousGood)}</p>}
      <Field label={words.why} hint={words.whyHint} optional maxLength={200} value={why} onType={setWhy} error={errorOf(problem, "why")} />
      {problem && !errorOf(problem, "why") && <ProblemCard problem={problem} onAgain={problem.kind === "invalid" ? undefined : (go.problem ? go : look).again} />}
      <Curl method="POST" path={`/deployments/${bot.id}/rollback`} headers={{ "If-Match": tag }} body={{ version: to.version, data, ...(why ? { why } : {}) }} />
    </Dialog>
  );
}
