import { useHealth } from "../../api/bots";
import type { Deployment, Health, Tone } from "../../api/types";
import { Card, Facts } from "../../parts/Layout";
import { Meter } from "../../parts/Meter";
import { Loaded } from "../../parts/States";
import { Status } from "../../parts/Status";
import { Time } from "../../parts/Time";
import { bot as botWords } from "../../texts/bots";

const words = botWords.health;
const tones: Record<string, Tone> = { up: "ok", down: "bad", "observer-problem": "warn", unknown: "idle", "vm-lost": "bad" };

/** What the observers agree on. */
export function BotHealth({ bot }: { bot: Deployment }) {
  const running = bot.status !== "suspended" && bot.status !== "terminated";
  const query = useHealth(bot.id, running);
  return (
    <Card title={words.title}>
      {running ? <Loaded query={query}>{(health) => <Seen health={health} />}</Loaded> : <p>{words.idle}</p>}
    </Card>
  );
}

const Seen = ({ health }: { health: Health }) => (
  <Facts
    facts={[
      [words.title, <Status key="state" tone={tones[health.state] ?? "idle"} word={words.word[health.state] ?? health.state} />],
      health.since === null ? null : [words.since, <Time key="since" at={health.since} />],
      health.blind.length === 0 ? null : [words.blind, health.blind.join(", ")],
      health.said === null ? null : [words.said, health.said],
      health.restarts === 0 ? null : [words.restarts, health.restarts],
      health.lastRestartAt === null ? null : [words.lastRestart, <Time key="restart" at={health.lastRestartAt} />],
      health.givenUp === null ? null : [words.givenUp, health.givenUp],
      health.storage === null ? null : [words.storage, <Storage key="storage" storage={health.storage} />],
    ]}
  />
);

const Storage = ({ storage }: { storage: NonNullable<Health["storage"]> }) => (
  <Meter
    label={words.storage}
    words={words.used(storage.usedMb, storage.sizeMb)}
    value={storage.usedMb}
    max={storage.sizeMb}
    tone={storage.low ? "bad" : "idle"}
  />
);
