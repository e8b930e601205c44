import { useState } from "react";
import { useCapabilities } from "../../api/account";
import type { Seen } from "../../api/config";
import type { Deployment } from "../../api/types";
import { useUpdates } from "../../api/versions";
import { Button } from "../../parts/Button";
import { errorOf, Field } from "../../parts/Field";
import { Card, Row } from "../../parts/Layout";
import { ProblemCard } from "../../parts/States";
import { Switch } from "../../parts/Switch";
import { toast } from "../../parts/Toast";
import { versions as words } from "../../texts/versions";
import css from "./Versions.module.css";

/** Which image the bot follows, and whether. */
export function Updates({ bot, seen }: { bot: Deployment; seen: Seen }) {
  const { channel: followed, pinned, paused, failedRollouts } = seen.config.updates;
  const usual = useCapabilities().data?.release;
  const own = followed === usual ? "" : followed;
  // Null means untouched: what is there shows through, also when somebody else changes it.
  const [channel, setChannel] = useState<string | null>(null);
  const [pin, setPin] = useState<boolean | null>(null);
  const save = useUpdates(bot.id, () => {
    setChannel(null);
    setPin(null);
    toast(words.saved);
  });
  const resume = useUpdates(bot.id, () => toast(words.resumed));
  const typed = (channel ?? own).trim();
  const policy = { channel: typed === "" ? null : typed, pinned: pin ?? pinned, tag: seen.tag };
  const unchanged = typed === own && policy.pinned === pinned;
  const problem = save.problem ?? resume.problem;
  const error = errorOf(problem, "channel");
  return (
    <Card title={words.updates}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (!unchanged) save.press({ ...policy, resumeUpgrades: false });
        }}
      >
        {paused && (
          <div className={css.paused}>
            <p>{words.paused(failedRollouts)}</p>
            <Row>
              <Button size="small" busy={resume.busy} onPress={() => resume.press({ channel: own === "" ? null : own, pinned, tag: seen.tag, resumeUpgrades: true })}>
                {words.resume}
              </Button>
            </Row>
          </div>
        )}
        <Field label={words.channel} hint={words.channelHint} optional placeholder={usual} spellCheck={false} autoCapitalize="off" maxLength={128} value={channel ?? own} onType={setChannel} error={error} />
        <Switch label={words.pinned} text={policy.pinned ? words.pinnedOn : words.pinnedOff} on={policy.pinned} onTurn={setPin} />
        {problem && !error && <ProblemCard problem={problem} onAgain={problem.kind === "moved" ? undefined : (save.problem ? save : resume).again} />}
        <Row>
          <Button type="submit" busy={save.busy} why={unchanged ? words.unchanged : null}>
            {words.save}
          </Button>
        </Row>
      </form>
    </Card>
  );
}
