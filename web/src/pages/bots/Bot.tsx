import { usePlanName } from "../../api/plans";
import { useBot, useBotId } from "../../api/bots";
import type { Deployment } from "../../api/types";
import { Id } from "../../parts/Copy";
import { Card, Facts, Split, Stack } from "../../parts/Layout";
import { Time } from "../../parts/Time";
import { bot as words, bots } from "../../texts/bots";
import { BotHealth } from "./BotHealth";
import { History } from "./History";
import { LastFailure } from "./LastFailure";
import { MessageBox } from "./MessageBox";
import { PairBrowser } from "./PairBrowser";
import { ProvenanceCard } from "./ProvenanceCard";

/** How a bot is, and a word with it. */
export function Bot() {
  const { data: bot } = useBot(useBotId());
  if (!bot) return null;
  const ran = bot.activeVersion !== null;
  return (
    <>
      {bot.status === "failed" && bot.lastOperation && <LastFailure id={bot.lastOperation} />}
      <Split>
        <Stack>
          {ran && <MessageBox bot={bot} />}
          {ran && <ProvenanceCard id={bot.id} />}
          <History id={bot.id} />
        </Stack>
        <Stack>
          {ran && <BotHealth bot={bot} />}
          {bot.status === "running" && <PairBrowser id={bot.id} />}
          <About bot={bot} />
        </Stack>
      </Split>
    </>
  );
}

function About({ bot }: { bot: Deployment }) {
  const planName = usePlanName();
  return (
    <Card title={words.about}>
      <Facts
        facts={[
          [bots.plan, planName(bot.plan)],
          [bots.model, bot.model ?? bots.defaultModel],
          bot.activeVersion === null ? null : [bots.version, bot.activeVersion],
          bot.url === null ? null : [words.address, bot.url],
          [words.created, <Time key="created" at={bot.createdAt} />],
          [words.id, <Id key="id" value={bot.id} />],
        ]}
      />
    </Card>
  );
}
