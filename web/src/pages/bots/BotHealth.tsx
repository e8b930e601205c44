import { useHealth } from "../../api/bots";
import type { Deployment, Health, Tone } from "../../api/types";
import { type Look, looks } from "../../health/observers";
import { Card, Facts, Stack } from "../../parts/Layout";
import { Meter } from "../../parts/Meter";
import { Loaded, Skeleton } from "../../parts/States";
import { Status, StatusShape } from "../../parts/Status";
import { Time } from "../../parts/Time";
import { bot as botWords } from "../../texts/bots";
import css from "./BotHealth.module.css";
import { DriftList } from "./DriftList";

const words = botWords.health;
const tones: Record<string, Tone> = { up: "ok", down: "bad", "observer-problem": "warn", unknown: "idle", "vm-lost": "bad" };
const sightTones = { up: "ok", down: "bad", silent: "warn" } as const;

/** What the observers agree on, and whether the machine has what was wanted. */
export function BotHealth({ bot }: { bot: Deployment }) {
  const running = bot.status !== "suspended" && bot.status !== "terminated";
  const query = useHealth(bot.id, running);
  return (
    <Card title={words.title}>
      {running ? (
        <Stack>
          <Loaded query={query} skeleton={<Skeleton lines={6} />}>{(health) => <Seen health={health} />}</Loaded>
          <DriftList id={bot.id} />
        </Stack>
      ) : (
        <p>{words.idle}</p>
      )}
    </Card>
  );
}

export const Seen = ({ health }: { health: Health }) => (
  <Stack>
    <div className={css.verdict}>
      <Status tone={tones[health.state] ?? "idle"} word={words.word[health.state] ?? health.state} />
      {health.since !== null && (
        <span>
          {words.since} <Time at={health.since} />
        </span>
      )}
    </div>
    <ul className={css.looks}>
      {looks(health).map((look) => (
        <Observer key={look.observer} look={look} />
      ))}
    </ul>
    <Facts
      facts={[
        health.said === null || health.observers.length > 0 ? null : [words.said, health.said],
        health.restarts === 0 ? null : [words.restarts, health.restarts],
        health.lastRestartAt === null ? null : [words.lastRestart, <Time key="restart" at={health.lastRestartAt} />],
        health.givenUp === null ? null : [words.givenUp, health.givenUp],
        health.storage === null ? null : [words.storage, <Storage key="storage" storage={health.storage} />],
      ]}
    />
  </Stack>
);

const Observer = ({ look: { observer, sight, said } }: { look: Look }) => (
  <li>
    <StatusShape tone={sight === null ? "idle" : sightTones[sight]} />
    <div>
      <strong>{words.observers[observer].name}</strong>
      <span>{sight !== null && words.sight[sight]}</span>
      <p>{said ?? words.observers[observer].text}</p>
    </div>
  </li>
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
