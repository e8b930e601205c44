import { useNavigate, useSearch } from "@tanstack/react-router";
import { History } from "lucide-react";
import { useState } from "react";
import { useMe } from "../../api/account";
import { usePlanName } from "../../api/plans";
import { useBot, useBotId, whyNot } from "../../api/bots";
import { useApply, useConfig } from "../../api/config";
import type { Deployment } from "../../api/types";
import { useVersions, type Version } from "../../api/versions";
import { Button } from "../../parts/Button";
import { Card, Split, Stack } from "../../parts/Layout";
import { PlanPanel } from "../../parts/PlanPanel";
import { Line, LineFacts, LineTitle, MorePages, Rows } from "../../parts/Rows";
import { Empty, Loaded, Skeleton } from "../../parts/States";
import { Status } from "../../parts/Status";
import { Time } from "../../parts/Time";
import { en } from "../../texts/en";
import { operations } from "../../texts/operations";
import { versions as words } from "../../texts/versions";
import { Followed } from "./Followed";
import { RollBack } from "./RollBack";
import { Updates } from "./Updates";
import { Upgrade } from "./Upgrade";
import { VersionDiff } from "./VersionDiff";
import css from "./Versions.module.css";

const tones = { pending: "busy", active: "ok", failed: "bad", superseded: "idle" } as const;

/** What the bot was, who made it so and why, and the ways from one to another. */
export function Versions() {
  const id = useBotId();
  const { data: bot } = useBot(id);
  const query = useVersions(id);
  const { data: seen } = useConfig(id);
  const { plan, from, to } = useSearch({ from: "/signed-in/bots/$id/versions" });
  const navigate = useNavigate({ from: "/bots/$id/versions" });
  const [begun, setBegun] = useState<string | null>(null);
  const [back, setBack] = useState<Version | null>(null);
  const toPlan = (operation: string | null) =>
    void navigate({ search: { ...(from && to ? { from, to } : {}), ...(operation === null ? {} : { plan: operation }) }, replace: true, resetScroll: false });
  const begin = (operation: string) => {
    setBack(null);
    setBegun(operation);
    toPlan(null);
  };
  const look = (operation: string) => {
    setBack(null);
    setBegun(null);
    toPlan(operation);
  };
  const apply = useApply(id, begin);
  if (!bot) return null;
  const why = whyNot(bot, "rollback", en.notAllowed);
  const compare = (pair: { from: number; to: number }) =>
    void navigate({ search: { ...(plan ? { plan } : {}), ...pair }, replace: true, resetScroll: false });
  return (
    <>
      {begun !== null && <Followed id={begun} going={words.going} done={words.done} />}
      {plan !== undefined && (
        <PlanPanel
          bot={id}
          operation={plan}
          active={bot.activeVersion}
          stale={false}
          why={whyNot(bot, "change", en.notAllowed)}
          apply={apply}
          onDrop={() => toPlan(null)}
          failed={<Followed id={plan} going="" done="" />}
        />
      )}
      <Split>
        <Card title={words.list} flush>
          <Loaded query={query} skeleton={<Skeleton lines={4} height={72} />}>
            {({ pages }) => {
              const all = pages.flatMap((page) => page.versions);
              return all.length === 0 ? (
                <Empty icon={<History />} {...words.empty} />
              ) : (
                <>
                  <Rows ordered>
                    {all.map((version) => (
                      <Made key={version.version} {...{ version, bot, why }} onBack={() => setBack(version)} onCompare={compare} />
                    ))}
                  </Rows>
                  <MorePages query={query} />
                </>
              );
            }}
          </Loaded>
        </Card>
        <Stack>
          {query.data && seen && query.data.pages[0]?.versions[1] && (
            <VersionDiff id={id} all={query.data.pages.flatMap((page) => page.versions)} from={from} to={to} onChoose={compare} />
          )}
          {query.data && seen && <Upgrade bot={bot} seen={seen} onBegun={begin} onPlan={look} />}
          {query.data && seen && <Updates bot={bot} seen={seen} />}
        </Stack>
      </Split>
      {back && seen && <RollBack bot={bot} to={back} tag={seen.tag} onClose={() => setBack(null)} onBegun={begin} onPlan={look} />}
    </>
  );
}

interface LineProps {
  version: Version;
  bot: Deployment;
  why: string | null;
  onBack: () => void;
  onCompare: (pair: { from: number; to: number }) => void;
}

function Made({ version, bot, why, onBack, onCompare }: LineProps) {
  const me = useMe();
  const planName = usePlanName();
  const { version: number, status } = version;
  const isActive = number === bot.activeVersion;
  return (
    <Line
      below
      aside={
        <>
          {number > 1 && (
            <Button size="small" kind="quiet" label={`${words.compare}: ${words.diff(number)}`} onPress={() => onCompare({ from: number - 1, to: number })}>
              {words.compare}
            </Button>
          )}
          <Button
            size="small"
            label={`${words.back}: ${words.version(number)}`}
            why={isActive ? words.isActive : status === "superseded" ? why : words.notGood}
            onPress={onBack}
          >
            {words.back}
          </Button>
        </>
      }
    >
      <LineTitle>
        <strong>{words.version(number)}</strong>
        <Status tone={tones[status]} word={words.status[status]} pill />
        {number === bot.lastKnownGood && !isActive && <span className={css.good}>{words.good}</span>}
      </LineTitle>
      <p className={version.why ? undefined : css.none}>{version.why || words.noWhy}</p>
      {version.failure !== null && <p className={css.failure}>{version.failure}</p>}
      <LineFacts>
        <Time at={version.createdAt} />
        <span>{words.by(operations.actor(version.by, me.data?.id))}</span>
        <span>{planName(version.plan)}</span>
        <span>{version.image.replace(/^.*\//, "").replace(/@.*$/, "")}</span>
        {version.bootMs !== null && <span>{words.boot(version.bootMs)}</span>}
      </LineFacts>
    </Line>
  );
}
