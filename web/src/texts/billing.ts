import { date, money } from "./format";

const day = (at: string) => date(Date.parse(at));

export const billing = {
  title: "Billing",
  intro: "What is paid for each bot, as the payment provider last said.",
  empty: { title: "Nothing to pay", text: "You pay for a bot when you order it, and a month at a time." },
  bots: "Bots",
  states: { none: "Not asked for", unpaid: "Not paid yet", active: "Paid", "past-due": "Payment failed", canceled: "Ended", refunded: "Given back" } as Readonly<Record<string, string>>,
  month: (price: string) => `${price} a month`,
  next: (at: string, price: string) => `Next charge on ${day(at)}: ${price}`,
  noNext: "Nothing will be charged.",
  free: (at: string) => `Free until ${day(at)}`,
  ends: (at: string) => `Ends on ${day(at)}`,
  portal: "Cards and addresses",
  portalHint: "Opens the payment provider's page and comes back here.",
  pay: "Pay",
  cancel: "Cancel",
  cancelOf: (name: string) => `Cancel ${name}`,
  keep: "Keep it",
  keepOf: (name: string) => `Keep ${name}`,
  kept: (name: string) => `${name} stays.`,
  dispute: (price: string, since: string) => `The payment of ${price} is contested at your bank since ${day(since)}.`,
  refund: (price: string) => `${price} was given back.`,
  change: "Change the plan",
} as const;

export const cancelling = {
  title: (name: string) => `Cancel ${name}?`,
  until: (name: string, at: string, trial: boolean) => `${name} runs on until ${day(at)}, as it is ${trial ? "free" : "paid for"}.`,
  untilUnknown: (name: string) => `${name} runs on until the end of what is paid for.`,
  afterwards: "Then it stops. Its data are kept for a while longer; the date is shown as soon as you have cancelled.",
  undo: "Until it ends, “Keep it” takes the cancellation back.",
  nothing: (trial: boolean) => (trial ? "Nothing is charged." : "Nothing more is charged."),
  go: "Cancel at the end of the period",
  keep: "Change nothing",
  runs: (at: string) => `It runs until ${day(at)}`,
  deleted: (at: string) => `Its data are deleted on ${day(at)}`,
} as const;

const causes: Readonly<Record<string, string>> = {
  "payment-failed": "A payment has failed",
  ended: "The subscription has ended",
  disputed: "A payment is contested",
};

export const ladder = {
  title: (cause: string, since: string) => `${causes[cause] ?? "It is not paid for"} since ${day(since)}`,
  pay: {
    portal: "Pay or change the card, and all of this is over.",
    checkout: "Pay again, and it goes on where it stopped.",
    none: "There is nothing to be paid now: this is up to the bank. Talk to the operator.",
  } as Readonly<Record<string, string>>,
  steps: { reminder: "A reminder by mail", suspended: "The bot stops", "final-backup": "A last backup", deleted: "Everything is deleted" } as Readonly<Record<string, string>>,
  done: " (done)",
  next: "next",
  label: "What happens when",
  toPortal: "Pay at the payment provider",
} as const;

export const invoices = {
  title: "Invoices",
  empty: { title: "There is no invoice yet", text: "The first comes with the first payment." },
  number: "Invoice",
  bot: "Bot",
  period: "For",
  periodOf: (from: string, to: string) => `${day(from)} – ${day(to)}`,
  total: "Total",
  state: "State",
  states: { draft: "Being written", open: "To be paid", paid: "Paid", void: "Void", uncollectible: "Not paid" } as Readonly<Record<string, string>>,
  credited: (price: string) => `${price} of it comes off a later bill`,
  retry: (at: string) => `asked for again on ${day(at)}`,
  see: "See",
  pay: "Pay",
  pdf: "PDF",
  of: (what: string, number: string) => `${what}: ${number}`,
  newTab: "opens in a new tab",
} as const;

export const statement = {
  title: "What was kept, what was paid",
  text: "How long each bot was kept in a month, and how much of it was paid for.",
  month: "Month",
  none: "No bot was kept in that month.",
  bot: "Bot",
  held: "Kept",
  paid: "Paid for",
  charged: "Charged",
  verdict: "Verdict",
  agrees: "As it should be",
  unpaid: "Not paid for",
  longer: "Paid for longer",
} as const;

export const invoicePreview = {
  title: "The next invoice",
  sum: (at: string, cents: number, currency: string) => `On ${day(at)} you pay ${money(cents, currency)}.`,
  proration: (cents: number, currency: string) =>
    cents < 0 ? `${money(-cents, currency)} of it is given back for the rest of this period.` : `${money(cents, currency)} of it is for the rest of this period.`,
  nothing: "Nothing is charged at once.",
} as const;
