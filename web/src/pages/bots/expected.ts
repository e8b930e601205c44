import { clock } from "../../api/clock";
import { Store, useStore } from "../../api/store";
import { useNow } from "../../parts/useNow";

/** How long after the bot's page was opened somebody may stand before it. */
const patience = 10 * 60_000;

const opened = new Store<{ bot: string; at: number } | null>(null);

/** The bot's own page was opened from here: its browser is about to ask to be let in. */
export const expectBrowser = (bot: string) => opened.set({ bot, at: clock.now() });

export function useIsExpected(bot: string) {
  const last = useStore(opened);
  const now = useNow(10_000);
  return last !== null && last.bot === bot && now - last.at < patience;
}
