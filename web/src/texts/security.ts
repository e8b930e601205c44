import { date } from "./format";

/** Words of passwords, codes, passkeys and sessions. */

export const password = {
  title: "Password",
  text: (changed: string | null) => (changed === null ? "It is as you chose it when you signed up." : `Changed last on ${date(Date.parse(changed))}.`),
  change: "Change it",
  dialog: "Change the password",
  warning: "Everywhere else where you are signed in, you are signed out.",
  current: "The password until now",
  fresh: "The new password",
  submit: "Change the password",
  done: "The password is changed. You are signed out everywhere else.",
  hint: "8 characters or more. A few words are easy to keep and hard to guess.",
  short: (missing: number) => (missing === 1 ? "1 character more." : `${missing} characters more.`),
  levels: [
    "It is guessed at once.",
    "It is guessed easily. Add a word or two that do not belong together.",
    "It is guessed with some effort. One more word makes it good.",
    "It is hard to guess.",
    "It is very hard to guess.",
  ],
} as const;

export const codes = {
  code: "Code",
  codeHint: "Six figures, new every 30 seconds.",
  codePattern: "Six figures",
  recovery: "Recovery code",
  recoveryHint: "Small or capital letters, with or without hyphens.",
} as const;

export const address = {
  reminder: (email: string) => `Confirm ${email}: we sent you a link.`,
  resend: "Mail it again",
  resent: "A new link is on its way.",
  confirmed: "confirmed",
  unconfirmed: "not confirmed yet",
  change: "Change the address",
  dialog: "Another address",
  fresh: "The new address",
  text: "We send a link there. Your address changes when you follow it; the old one is told, and can take it back for seven days.",
  submit: "Send the link",
  sent: (email: string) => `A link is on its way to ${email}.`,
} as const;

export const stepUp = {
  title: "Is it you?",
  text: "You signed in a while ago, and what you asked for destroys or hands out something valuable. Afterwards it goes on by itself.",
  way: "How",
  ways: { password: "Password", code: "Code", passkey: "Passkey" },
  password: "Password",
  submit: "Go on",
  passkey: "Use a passkey",
  recovery: "Use a recovery code instead",
  app: "Use the app instead",
} as const;

export const twoStep = {
  title: "Two-step verification",
  off: "Whoever has your password has your account. With a second step they need your phone too.",
  on: (since: string) => `On since ${date(Date.parse(since))}. Signing in asks for the code of your app.`,
  onWord: "On",
  offWord: "Off",
  begin: "Set it up",
  unconfirmed: "Confirm your e-mail address first.",
  turnOff: "Turn it off",
  turnedOff: "Two-step verification is off.",
  left: (count: number) => (count === 0 ? "No recovery codes are left." : count === 1 ? "1 recovery code is left." : `${count} recovery codes are left.`),
  renew: "Make new codes",
  setUp: "Set up two-step verification",
  scan: "Scan this with an authenticator app, such as the one that keeps your passwords.",
  qr: "QR code for an authenticator app",
  onPhone: "Open it in an app on this device",
  byHand: "Or type this key into it",
  afterwards: "Then type the code that it shows.",
  confirm: "Turn it on",
  codesTitle: "Your recovery codes",
  codesText: "Each lets you in once when you do not have your phone. Keep them where you keep what matters; they are not shown again.",
  codesDone: "I have kept them",
  codesKept: "Two-step verification is on.",
  renewed: "The new codes count; the old ones do not work any more.",
  all: "all of them",
  download: "Download",
  print: "Print",
  file: "launchpad-recovery-codes.txt",
  head: (email: string) => `Recovery codes of ${email} for Launchpad. Each works once.`,
} as const;

export const passkeys = {
  title: "Passkeys",
  text: "Your device signs you in with its lock, and no site that looks like ours can use it.",
  none: "There is none yet.",
  add: "Add a passkey",
  noSupport: "This browser has none.",
  unconfirmed: "Confirm your e-mail address first.",
  dialog: "Add a passkey",
  name: "What it is called",
  nameHint: "So that you know it in this list, such as “phone” or “work laptop”.",
  suggestion: "This device",
  submit: "Go on",
  added: "The passkey is added.",
  made: "Added",
  used: "Last used",
  never: "Not used yet",
  remove: "Remove",
  removeOf: (name: string) => `Remove ${name}`,
} as const;

export const sessions = {
  others: "Sign out everywhere else",
  othersDone: "You are signed in here alone.",
  used: "Last used",
} as const;

/** Words of the end of an account. */
export const closing = {
  title: "Close the account",
  text: "Your bots are deleted and nothing more is charged. You have two weeks to come back; after that nobody gets in, and what was yours is gone.",
  open: "See what goes and what stays",
  dialog: "Close the account",
  bots: (count: number) => (count === 1 ? "Now: this bot is deleted, and its subscription ends" : `Now: these ${count} bots are deleted, and their subscriptions end`),
  undo: "can be taken back until",
  later: (at: string) => `On ${date(Date.parse(at))}: the account goes`,
  goes: ({ members, tokens, webhooks }: { members: number; tokens: number; webhooks: number }) => [
    "Password, passkeys, second step, sessions and devices.",
    "Your address: here, and with the cards at the payment provider.",
    ...(members > 0 ? [members === 1 ? "The way in of one other person who works here." : `The way in of ${members} others who work here.`] : []),
    ...(tokens > 0 ? [tokens === 1 ? "One token of a program." : `${tokens} tokens of programs.`] : []),
    ...(webhooks > 0 ? [webhooks === 1 ? "One webhook." : `${webhooks} webhooks.`] : []),
    "Your part in other people's accounts.",
  ],
  keptTitle: "What stays",
  stay: "Keep the account",
  go: "Close it",
  reading: "What goes is still being read.",
  done: "The account will be closed. We have written to you.",
  asked: (at: string) => `It is closed on ${date(Date.parse(at))}. Until then it takes no orders, and you can keep it.`,
  keep: "Keep the account",
  kept: "The account stays.",
  reminder: (at: string) => `This account is closed on ${date(Date.parse(at))}, and takes no orders.`,
  botsLeft: "Still being deleted",
  noBotsLeft: "All its bots are deleted. Each one's certificate says what was.",
} as const;
