import { useState } from "react";
import { whyNot } from "../../api/bots";
import type { Seen } from "../../api/config";
import type { Deployment } from "../../api/types";
import { useUpgrade } from "../../api/versions";
import { Button } from "../../parts/Button";
import { Curl } from "../../parts/Curl";
import { errorOf, Field } from "../../parts/Field";
import { Card, Row } from "../../parts/Layout";
import { ProblemCard } from "../../parts/States";
import { en } from "../../texts/en";
import { versions as words } from "../../texts/versions";
import { ReleaseChoice } from "./ReleaseChoice";

interface Props {
  bot: Deployment;
  seen: Seen;
  onBegun: (operation: string) => void;
  onPlan: (operation: string) => void;
}

export function Upgrade({ bot, seen, onBegun, onPlan }: Props) {
  const [to, setTo] = useState("");
  const [isOther, setIsOther] = useState(false);
  const [reason, setReason] = useState("");
  const go = useUpgrade(bot.id, false, onBegun);
  const look = useUpgrade(bot.id, true, onPlan);
  const { updates } = seen.config;
  const asked = { to: to.trim(), why: reason, tag: seen.tag };
  const why = whyNot(bot, "upgrade", en.notAllowed) ?? ((updates.pinned || isOther) && asked.to === "" ? (isOther ? words.tagMissing : words.tagNeeded) : null);
  const problem = go.problem ?? look.problem;
  const errors = { tag: errorOf(problem, "tag"), why: errorOf(problem, "why") };
  return (
    <Card title={words.upgrade}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (why !== null) return;
          go.clear();
          look.press(asked);
        }}
      >
        <ReleaseChoice
          channel={updates.channel}
          isPinned={updates.pinned}
          value={to}
          onChoose={setTo}
          error={errors.tag}
          isOther={isOther}
          onOther={setIsOther}
        />
        <Field label={words.why} optional maxLength={200} value={reason} onType={setReason} error={errors.why} />
        {problem && !errors.tag && !errors.why && <ProblemCard problem={problem} onAgain={problem.kind === "moved" ? undefined : (go.problem ? go : look).again} />}
        <Row>
          <Button kind="primary" type="submit" busy={look.busy} why={why}>
            {words.preview}
          </Button>
          <Button busy={go.busy} why={why} onPress={() => { look.clear(); go.press(asked); }}>
            {words.upgradeGo}
          </Button>
        </Row>
        <Curl method="POST" path={`/deployments/${bot.id}/upgrade`} headers={{ "If-Match": seen.tag }} body={{ ...(asked.to ? { tag: asked.to } : {}), ...(reason ? { why: reason } : {}) }} />
      </form>
    </Card>
  );
}
