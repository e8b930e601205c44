export const palette = {
  label: "Go to a bot or a page",
  found: "What was found",
  none: "Nothing of that name.",
  pageOf: (bot: string, page: string) => `${bot} · ${page}`,
  newBot: "Create a bot",
  staff: "Go to a page, or to an id or an address",
} as const;
