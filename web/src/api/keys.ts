/** Names of what is read. What happens to a bot or an operation reads everything under its key again. */
export const keys = {
  me: ["me"],
  sessions: ["sessions"],
  // Of the bots: it lists those that are there still.
  closing: ["bots", "closing"],
  plans: ["plans"],
  capabilities: ["capabilities"],
  releases: ["releases"],
  models: ["models"],
  bots: ["bots"],
  livingBots: ["bots", "living"],
  deletedBots: ["bots", "deleted"],
  bot: (id: string) => ["bot", id],
  botPart: (id: string, part: string) => ["bot", id, part],
  // Not of the bot: they ask a machine, or change by themselves, and each event of the bot would read them again.
  browsers: (id: string) => ["browsers", id],
  configSchema: (id: string, version: number | null) => ["config-schema", id, version],
  usage: (id: string, hours: number) => ["usage", id, hours],
  uptime: (id: string, month: string) => ["uptime", id, month],
  billing: ["billing"],
  security: ["security"],
  workplaces: ["workplaces"],
  members: ["members"],
  tokens: ["tokens"],
  notifications: ["notifications"],
  devices: ["devices"],
  webhooks: ["webhooks"],
  deliveries: (webhook: string) => ["deliveries", webhook],
  record: ["record"],
  operations: ["operations"],
  anyOperation: ["operation"],
  operation: (id: string) => ["operation", id],
} as const;

/** What changes without anybody pressing something here. */
export const live = ["bots", "bot", "operations", "operation", "billing"];
