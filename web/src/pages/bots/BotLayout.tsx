import { Link, Outlet, useLocation, useParams } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useBot, useBotId, useVerb } from "../../api/bots";
import { useOperation } from "../../api/operations";
import type { Deployment } from "../../api/types";
import { cx } from "../../parts/cx";
import { OperationStrip } from "../../parts/OperationStrip";
import { Loaded, Skeleton } from "../../parts/States";
import { BotStatus } from "../../parts/BotStatus";
import { UndoBar } from "../../parts/UndoBar";
import { useTitle } from "../../parts/useTitle";
import { bot as words } from "../../texts/bots";
import { BotActions } from "./BotActions";
import css from "./BotLayout.module.css";
import { tabs } from "./tabs";

/** What stands above every page of a bot: its name, its state in words, what goes on, what can be taken back, where else to look. */
export function BotLayout() {
  const id = useBotId();
  const query = useBot(id);
  return (
    <Loaded query={query} skeleton={<Skeleton lines={5} height={40} />}>
      {(bot) => <Frame bot={bot} />}
    </Loaded>
  );
}

function Frame({ bot }: { bot: Deployment }) {
  useTitle(bot.name);
  const { op } = useParams({ strict: false });
  const { pathname } = useLocation();
  const strip = useRef<HTMLElement>(null);
  // Where not all tabs fit, the one that is here is in sight.
  useEffect(() => {
    const here = strip.current?.querySelector<HTMLElement>('[aria-current="page"]');
    if (here && strip.current) strip.current.scrollLeft = here.offsetLeft - (strip.current.clientWidth - here.offsetWidth) / 2;
    // oxlint-disable-next-line react/exhaustive-deps -- whenever another tab is here
  }, [pathname]);
  return (
    <div className={css.page}>
      <header className={css.head}>
        <div className={css.title}>
          <h1>{bot.name}</h1>
          <BotStatus status={bot.status} pill />
        </div>
        <BotActions bot={bot} />
        <p className={css.story}>{words.story(bot)}</p>
      </header>
      {bot.undoUntil ? <TakeBack bot={bot} until={bot.undoUntil} /> : bot.operation && bot.operation !== op && <OperationStrip id={bot.operation} />}
      <nav ref={strip} aria-label={words.tabs} className={css.tabs}>
        {tabs.map(({ to, name }) => (
          <Link
            key={to}
            to={to}
            params={{ id: bot.id }}
            className={css.tab}
            activeOptions={{ exact: true, includeSearch: false }}
            activeProps={{ className: cx(css.tab, css.here) }}
          >
            {name}
          </Link>
        ))}
      </nav>
      <Outlet />
    </div>
  );
}

function TakeBack({ bot, until }: { bot: Deployment; until: string }) {
  const undelete = useVerb(bot.id, "undelete");
  const { data: deletion } = useOperation(bot.operation);
  // The window opens when the bot has stopped, which is a moment after the deletion was asked for.
  const open = (deletion?.undoUntil ?? null) !== null;
  return (
    <UndoBar why={open ? null : words.undoSoon} until={until} onUndo={() => undelete.press()} busy={undelete.busy} problem={undelete.problem}>
      {open ? words.deletedUntil(bot.name) : words.deleting(bot.name)}
    </UndoBar>
  );
}
