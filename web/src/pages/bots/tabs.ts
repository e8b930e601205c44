import { bot as words } from "../../texts/bots";
import { config } from "../../texts/config";

/** The pages of a bot, in the order of their tabs. */
export const tabs = [
  { to: "/bots/$id", name: words.overview },
  { to: "/bots/$id/config", name: config.title },
  { to: "/bots/$id/danger", name: words.danger },
] as const;
