import { bot as words } from "../../texts/bots";
import { backups } from "../../texts/backups";
import { config } from "../../texts/config";
import { logs } from "../../texts/logs";
import { record } from "../../texts/record";
import { secrets } from "../../texts/secrets";
import { uptime } from "../../texts/uptime";
import { usage } from "../../texts/usage";
import { versions } from "../../texts/versions";

/** The pages of a bot, in the order of their tabs. */
export const tabs = [
  { to: "/bots/$id", name: words.overview },
  { to: "/bots/$id/config", name: config.title },
  { to: "/bots/$id/secrets", name: secrets.title },
  { to: "/bots/$id/versions", name: versions.title },
  { to: "/bots/$id/logs", name: logs.title },
  { to: "/bots/$id/usage", name: usage.title },
  { to: "/bots/$id/uptime", name: uptime.title },
  { to: "/bots/$id/backups", name: backups.title },
  { to: "/bots/$id/record", name: record.title },
  { to: "/bots/$id/danger", name: words.danger },
] as const;
