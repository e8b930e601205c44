import type { Deployment } from "../api/types";
import { duration, megabytes, period } from "./format";

export const bots = {
  title: "Bots",
  create: "Create a bot",
  count: (shown: number) => `${shown}`,
  empty: { title: "Create your bot", text: "A bot has a name, a plan and a machine. From the payment to the first answer it is usually a minute or two, and you see every step." },
  needs: "Needs you",
  pay: "Pay",
  payText: (name: string) => `${name} is ordered. Pay, and we start building.`,
  failedText: (name: string) => `${name} has failed.`,
  see: "See why",
  pastDueText: (name: string) => `A payment for ${name} failed.`,
  billing: "To billing",
  plan: "Plan",
  model: "Model",
  version: "Version",
  defaultModel: "the default",
  ordered: "Ordered",
  search: "Find a bot",
  noMatch: "No bot of that name.",
  deleted: { show: "Show deleted bots", title: "Deleted bots", none: "None was deleted." },
} as const;

export const bot = {
  tabs: "Parts of this bot",
  overview: "Overview",
  danger: "Suspend, leave, delete",
  open: "Open bot",
  opening: "The token is on its way.",
  restart: "Restart",
  suspend: "Suspend",
  resume: "Resume",
  rename: "Rename",
  renameTitle: "Rename the bot",
  renameHint: "The address of the bot stays.",
  name: "Name",
  save: "Save",
  pay: "Pay",
  retry: "Try again",
  about: "About",
  address: "Address",
  since: "Since",
  created: "Ordered",
  id: "Id",
  deleting: (name: string) => `${name} is being stopped, and will be erased. In a moment you can take it back, for`,
  undoSoon: "It is still being stopped.",
  deletedUntil: (name: string) => `${name} is stopped and will be erased. You can take it back for`,
  /** The state in words, with what follows from it. */
  story({ name, reason, status, billing: paidFor }: Deployment): string {
    if (reason !== null) return reason;
    switch (status) {
      case "requested": return paidFor.state === "active" ? `${name} is ${paidFor.trialEndsAt === null ? "paid for" : "free for now"}, and is about to be built.` : `${name} is ordered. Pay, and we start building.`;
      case "provisioning": return `${name} is being built on its machine.`;
      case "configuring": return `${name}'s machine is there; secrets and config are being delivered.`;
      case "starting": return `${name} is starting.`;
      case "running": return `${name} runs. Say hello.`;
      case "updating": return `${name} is being changed. What runs now goes on until the new version has proven itself.`;
      case "failed": return `${name} does not run. What happened, and what to do, is below.`;
      case "restarting": return `${name} is starting again.`;
      case "suspended": return `${name} is stopped. Its data, its place and its price stay.`;
      case "terminated": return `${name} is deleted.`;
    }
  },
  message: {
    title: "Say something",
    label: "Message",
    placeholder: (name: string) => `Hello ${name}, are you there?`,
    send: "Send",
    sent: "asked",
    none: "What you write here goes to the bot where it runs, and its answer comes back the same way.",
    waiting: "Waiting for the answer",
    took: (ms: number) => `after ${duration(ms)}`,
    noAnswer: "There was no answer.",
    you: "You",
  },
  health: {
    title: "Health",
    word: {
      up: "Well", down: "Down", "observer-problem": "Well, one observer cannot see it", unknown: "Not known", "vm-lost": "Its machine is lost",
    } as Partial<Record<string, string>>,
    idle: "It is looked at while it runs.",
    said: "What was seen",
    storage: "Its files",
    used: (used: number, size: number) => `${megabytes(used)} of ${megabytes(size)}`,
    restarts: "Automatic restarts",
    lastRestart: "The last one",
    givenUp: "Nothing is tried any more",
    since: "since",
    observers: {
      heartbeat: { name: "Heartbeat", text: "Its machine tells by itself." },
      ssh: { name: "Asked", text: "Launchpad asks its machine." },
      outside: { name: "From outside", text: "Its address, as people reach it." },
    },
    sight: { up: "sees it", down: "sees it down", silent: "does not see it" },
  },
  pair: {
    title: "Let a browser in",
    text: "A browser that opens the bot for the first time shows it and waits.",
    label: "Id of the waiting browser",
    submit: "Let in",
    done: "The browser was let in.",
    in: "Let in",
    since: "came",
    unnamed: "A browser",
    nobody: "No browser waits at the bot's page.",
    look: "Look again",
    looking: "Asking the bot's machine who waits.",
    expected: "Waiting for the browser that you opened",
    unknown: "Who waits could not be found out.",
    byId: "By the id that it shows",
  },
  openHint: "The bot's own page opens in a new window. The token is fetched when you press and is not kept.",
  openTitle: "Open the bot",
  openText: (name: string) => `${name} asks for this token once. It is yours alone: whoever has it has the bot.`,
  openToken: "Token",
  openGo: "Open its page",
  openForget: "It is gone from this page when you close this.",
} as const;

export const newBot = {
  title: "Create a bot",
  steps: ["Name and plan", "Model and channel", "Review"],
  step: (at: number) => `Step ${at} of 3`,
  name: "Name",
  nameHint: "People see it, and the bot knows itself by it.",
  plan: "Plan",
  model: "Model",
  modelHint: "Choose one or type its name. Leave it empty for the operator's default.",
  instructions: "Who the bot is",
  instructionsHint: "Markdown. What it is for, how it speaks, what it must not do.",
  instructionsPlaceholder: "You answer questions about our bicycle shop…",
  modelKey: "Your key for the model",
  modelKeyHint: "Goes into a vault and from there to the bot's machine, nowhere else. Without one the operator's is used.",
  telegram: "Telegram token",
  telegramHint: "From BotFather. Without one there is no channel yet; you can add it any day.",
  draft: "Your draft stays in this window. Secrets are not part of it: after a reload you type them again.",
  back: "Back",
  next: "Continue",
  submit: "Order and pay",
  review: "What you order",
  data: "Data",
  dataOf: (name: string) => `a copy of ${name}'s`,
  clone: {
    title: (name: string, when: string | null) => (when === null ? `It begins with the newest backup of ${name}` : `It begins with ${name} as it was on ${when}`),
    text: "Its conversations, memories and files are copied. Secrets and channels are not: what you give here is its own.",
    unknown: "The bot whose data it should begin with is not there any more.",
    without: "Begin without them",
  },
  given: "given",
  notGiven: "none",
  byDefault: "the default",
  charge: "You pay",
  chargeText: (price: string, trial: string | null) =>
    trial === null ? `${price} a month, from today. Cancel any day.` : `${trial}. Any other: ${price} a month, from today. Cancel any day.`,
  code: "Promotion code",
  codeText: "If you have one, type it on the payment page.",
  ordered: (name: string) => `${name} is ordered. On to the payment.`,
} as const;

export const paid = {
  title: "Payment",
  waiting: "Waiting for the payment provider",
  waitingText: "The payment page is done. We begin as soon as the provider confirms the payment to us; the browser alone is not enough.",
  slow: "It takes longer than usual. The confirmation comes by itself, and if it is lost we ask for it: you may close this page.",
  cancelledTitle: "Nothing was paid",
  cancelledText: "The order is kept. Pay whenever you like.",
  pay: "Back to the payment",
  toBot: "To the bot",
  which: "This page does not know which order it was about. Your bots know.",
} as const;

export const danger = {
  title: "Suspend, leave, delete",
  suspendTitle: "Suspend",
  suspendText: "The bot stops. Its data and its place on the machine stay, and so does its price. It comes back with Resume.",
  suspendedText: "The bot is stopped. Resume brings it back as it was.",
  ejectTitle: "Take it along",
  ejectText: "An archive that starts this bot on any computer with Docker, without us. Its data come out of the newest backup. The bot here goes on.",
  eject: "Download the archive",
  ejected: "The archive is on its way into your downloads.",
  deleteTitle: "Delete",
  deleteText: (name: string, window: number | undefined) =>
    window === undefined
      ? `${name} stops at once. Its data are kept for a while in which you can take it back; then everything is erased.`
      : `${name} stops at once. Its data are kept for ${period(window * 1000)} in which you can take it back; then everything is erased.`,
  deleteLostTitle: "What you lose",
  deleteLost: ["Its address, at once", "Its data, its config and every backup, at the end of that time", "Its subscription: nothing more is charged"],
  delete: (name: string) => `Delete ${name}`,
  atOnce: "Erase at once, with no way back",
  atOnceTitle: (name: string) => `Erase ${name} now?`,
  atOnceText: "There is no time to take this back. The machine, the data, the backups and the secrets are erased as soon as the bot has stopped.",
  atOnceGo: "Erase now",
  keep: "Keep it",
  deleted: "It is deleted. The certificate of what was erased is the last step of its deletion.",
  certificate: "See the deletion",
} as const;

export const account = {
  title: "Account",
  email: "E-mail address",
  since: "Since",
  id: "Id",
  sessions: "Where you are signed in",
  this: "this one",
  opened: "Signed in",
  expires: "Ends",
  end: "End",
  signOut: "Sign out here",
} as const;
