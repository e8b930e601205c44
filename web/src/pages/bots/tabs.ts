import { bot as words } from "../../texts/bots";

/** The pages of a bot, in the order of their tabs. */
export const tabs = [
  { to: "/bots/$id", name: words.overview },
  { to: "/bots/$id/danger", name: words.danger },
] as const;
