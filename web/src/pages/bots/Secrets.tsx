import { KeyRound } from "lucide-react";
import { useState } from "react";
import { useBot, useBotId, whyNot } from "../../api/bots";
import { useConfig, type Seen } from "../../api/config";
import { type Secret, useSecrets } from "../../api/secrets";
import type { Deployment } from "../../api/types";
import { placesOf } from "../../config/references";
import { Button, ButtonLink } from "../../parts/Button";
import { Card } from "../../parts/Layout";
import { Line, Rows } from "../../parts/Rows";
import { Empty, Loaded, Skeleton } from "../../parts/States";
import { Time } from "../../parts/Time";
import { en } from "../../texts/en";
import { secrets as words } from "../../texts/secrets";
import { Followed } from "./Followed";
import css from "./Secrets.module.css";
import { SetSecret } from "./SetSecret";

const telegram = "telegram-token";

/** What opens something for the bot: that it is there, since when, for what. Never the value. */
export function Secrets() {
  const id = useBotId();
  const { data: bot } = useBot(id);
  const { data: seen } = useConfig(id);
  const query = useSecrets(id);
  const [isSetting, setIsSetting] = useState(false);
  const [begun, setBegun] = useState<string | null>(null);
  if (!bot) return null;
  const why = whyNot(bot, "change", en.notAllowed) ?? (seen ? null : en.loading);
  const has = query.data?.some(({ name }) => name === telegram) ?? false;
  const set = (
    <Button why={why} onPress={() => setIsSetting(true)}>
      {words.set}
    </Button>
  );
  return (
    <>
      <p className={css.intro}>{words.intro}</p>
      {begun !== null && <Followed id={begun} going={words.going} done={words.done} />}
      <Card title={words.list} flush actions={query.data && query.data.length > 0 && !has ? set : undefined}>
        <Loaded query={query} skeleton={<Skeleton lines={3} height={72} />}>
          {(all) =>
            all.length === 0 ? (
              <Empty icon={<KeyRound />} {...words.empty} action={set} />
            ) : (
              <Rows>
                {all.map((secret) => (
                  <Kept key={secret.name} {...{ secret, bot, seen, why }} onReplace={() => setIsSetting(true)} />
                ))}
              </Rows>
            )
          }
        </Loaded>
      </Card>
      {isSetting && seen && (
        <SetSecret
          bot={bot}
          tag={seen.tag}
          isNew={!has}
          onClose={() => setIsSetting(false)}
          onBegun={(operation) => {
            setIsSetting(false);
            setBegun(operation);
          }}
        />
      )}
    </>
  );
}

interface KeptProps {
  secret: Secret;
  bot: Deployment;
  seen: Seen | undefined;
  why: string | null;
  onReplace: () => void;
}

function Kept({ secret: { name, fingerprint, setAt }, bot, seen, why, onReplace }: KeptProps) {
  const isOwn = name.startsWith("own-");
  const places = isOwn ? placesOf(seen?.config.config, name) : [];
  const title = words.names[name] ?? (isOwn ? words.own : name);
  const running = seen?.config.secrets.find((one) => one.startsWith(`${name}@`));
  const version = seen?.config.version ?? null;
  return (
    <Line
      below
      aside={
        name === telegram ? (
          <Button size="small" why={why} label={`${words.replace}: ${title}`} onPress={onReplace}>
            {words.replace}
          </Button>
        ) : isOwn ? (
          <ButtonLink size="small" to="/bots/$id/config" params={{ id: bot.id }} search={{ view: "json" }}>
            {words.inConfig}
          </ButtonLink>
        ) : undefined
      }
    >
      <strong>{title}</strong>
      <p className={css.use}>
        {name === "gateway-token" ? words.usedIn.gateway
          : name === "model-key" ? words.usedIn.model
          : name === telegram ? (bot.telegram ? words.usedIn.telegramOn : words.usedIn.telegramOff)
          : isOwn && seen ? words.usedIn.places(places)
          : words.usedIn.other}
        {places.map((place) => (
          <span key={place}>
            {" "}
            <code>{place}</code>
          </span>
        ))}
      </p>
      <p className={css.facts}>
        <code>{name}</code>
        <span title={words.fingerprintHint}>
          {words.fingerprint} <code>{fingerprint}</code>
        </span>
        <span>
          {words.since} <Time at={setAt} as="date" />
        </span>
        {version !== null && running !== undefined && (
          <span>{running === `${name}@${fingerprint}` ? words.runs(version) : words.otherValue(version)}</span>
        )}
      </p>
    </Line>
  );
}
