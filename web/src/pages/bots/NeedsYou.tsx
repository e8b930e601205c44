import type { ReactNode } from "react";
import type { Deployment, Tone } from "../../api/types";
import { may } from "../../api/bots";
import { ButtonLink } from "../../parts/Button";
import { StatusShape } from "../../parts/Status";
import { bots as words } from "../../texts/bots";
import css from "./Bots.module.css";
import { PayButton } from "./PayButton";

interface Need {
  bot: Deployment;
  tone: Tone;
  text: string;
  action: ReactNode;
}

function needOf(bot: Deployment): Need | null {
  if (may(bot, "pay")) return { bot, tone: "warn", text: words.payText(bot.name), action: <PayButton id={bot.id} size="small" /> };
  if (bot.status === "failed") {
    return {
      bot,
      tone: "bad",
      text: bot.reason ?? words.failedText(bot.name),
      action: (
        <ButtonLink to="/bots/$id" params={{ id: bot.id }} size="small">
          {words.see}
        </ButtonLink>
      ),
    };
  }
  if (bot.billing.state === "past-due") {
    return {
      bot,
      tone: "warn",
      text: words.pastDueText(bot.name),
      action: (
        <ButtonLink to="/billing" size="small">
          {words.billing}
        </ButtonLink>
      ),
    };
  }
  return null;
}

/** What does not go on without its owner, before everything else. */
export function NeedsYou({ bots }: { bots: readonly Deployment[] }) {
  const needs = bots.flatMap((bot) => needOf(bot) ?? []);
  if (needs.length === 0) return null;
  return (
    <section className={css.needs} aria-label={words.needs}>
      <h2>{words.needs}</h2>
      <ul>
        {needs.map(({ bot, tone, text, action }) => (
          <li key={bot.id}>
            <StatusShape tone={tone} size={18} />
            <span>{text}</span>
            {action}
          </li>
        ))}
      </ul>
    </section>
  );
}
