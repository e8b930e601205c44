import type { Delivery, NotificationKind } from "../api/notifications";
import type { Tone } from "../api/types";

/** Words of letters, devices and webhooks. */

const kinds: Record<NotificationKind, { name: string; text: string }> = {
  security: { name: "Security", text: "Sign-in, passwords and second factors." },
  billing: { name: "Money", text: "Payments that failed, and what becomes of the bot then." },
  operations: { name: "Operations", text: "What failed, and what was taken back by itself." },
  health: { name: "Health", text: "A bot that is down and did not come back by itself." },
  backups: { name: "Backups", text: "A backup that is missing, or does not bring the bot up." },
  webhooks: { name: "Webhooks", text: "A webhook that was switched off." },
};

export const notifications = {
  title: "Notifications",
  intro: "What we write to you about, and what programs of yours hear of.",
  letters: "Letters",
  to: (email: string) => `They go to ${email}, also about accounts that you work in: of those you hear what you could do something about.`,
  kinds,
  always: "always",
  test: "Test",
  testOf: (kind: NotificationKind) => `Test: ${kinds[kind].name}`,
  sent: "It is on its way to you.",
} as const;

export const devices = {
  title: "On your devices",
  text: "What we write to you about is shown by your browser as well, also when this page is closed.",
  turn: "Notify me on this device",
  on: "It shows what you are written to about.",
  off: "It shows nothing of it yet. Your browser asks you first.",
  never: "This browser cannot show notifications of a page that is closed. On an iPhone or iPad, put this page on the Home Screen first.",
  blocked: "This browser blocks notifications of this site. Allow them in its settings for this site, beside the address, then load this page again.",
  here: { tone: "ok", word: "This device" } as const,
  added: "added",
  sent: "last sent",
  none: "nothing sent yet",
  test: "Send a test",
  testOf: (label: string) => `Send a test: ${label}`,
  tested: "It is on its way to the device.",
  remove: "Remove",
  removeOf: (label: string) => `Remove: ${label}`,
} as const;

const states: Record<Delivery["status"], { tone: Tone; word: string }> = {
  pending: { tone: "busy", word: "On its way" },
  delivered: { tone: "ok", word: "Delivered" },
  failed: { tone: "bad", word: "Not taken" },
  dropped: { tone: "idle", word: "Dropped" },
};

const off: Readonly<Record<string, { tone: Tone; word: string }>> = {
  failed: { tone: "bad", word: "Off: took nothing for three days" },
  gone: { tone: "bad", word: "Off: said that it is gone" },
  paused: { tone: "idle", word: "Paused" },
};

const errors: Readonly<Record<string, string>> = {
  timeout: "no answer in time",
  "forbidden-address": "not a public address",
  "unknown-host": "no such host",
  certificate: "its certificate is not valid",
  unreachable: "not reachable",
  "broken-answer": "hung up",
};

export const webhooks = {
  title: "Webhooks",
  text: "A server of yours hears of what happens as it happens. What is sent is signed by the scheme of Standard Webhooks, and sent again for three days until it is taken.",
  none: "There is none.",
  add: "New webhook",
  dialog: "Send events to a server",
  url: "Address",
  urlHint: "It begins with https://, and is reached from the internet.",
  description: "Description",
  legend: "Events",
  all: "All, new kinds too",
  submit: "Make the webhook",
  secret: "Copy the secret now: it is not shown again. Your server verifies with it that what it gets is from us.",
  done: "Done",
  every: "all events",
  on: { tone: "ok", word: "On" } as const,
  failing: { tone: "warn", word: "Fails" } as const,
  off: (why: string) => off[why] ?? { tone: "idle" as const, word: why },
  since: "since",
  former: "the former secret signs until",
  actions: {
    test: "Test",
    pause: "Pause",
    resume: "Switch on",
    secret: "New secret",
    delete: "Delete",
    deliveries: "Deliveries",
  },
  of: (action: string, host: string) => `${action}: ${host}`,
  secretTitle: "A new secret",
  secretText: "It signs from now on. The one before signs beside it for 24 hours, so that nothing is missed while you change it.",
  deleteTitle: (host: string) => `Delete the webhook to ${host}?`,
  deleteText: "Nothing is sent there any more, and what was sent is forgotten.",
  keep: "Keep it",
  empty: "Nothing was sent yet. A test is on its way within seconds.",
  states,
  next: "next try",
  attempt: (status: number | null, error: string | null, ms: number) => `${status ?? errors[error ?? ""] ?? error ?? ""}, ${ms} ms`,
  attempts: (count: number) => (count === 1 ? "1 try" : `${count} tries`),
  body: "What is sent",
  resend: "Send again",
  resendOf: (event: string) => `Send again: ${event}`,
  replay: "All from here",
  replayOf: (event: string) => `All from here: ${event}`,
  replayed: (events: number) => (events === 1 ? "1 event is on its way." : `${events} events are on their way.`),
} as const;
