import type { Fault } from "../record/verify";
import { type Row } from "../record/verify";
import { textIn } from "../record/group";
import { duration } from "./format";
import { kindWords, statusWords } from "./operations";

const actions: Readonly<Record<string, string>> = {
  order: "ordered it",
  "open-checkout": "opened the payment page",
  provision: "had it built",
  retry: "had it built once more",
  delete: "deleted it",
  undelete: "took the deletion back",
  cancel: "cancelled an operation",
  rename: "renamed it",
  "sign-in": "signed in",
  "sign-out": "signed a session out",
  "sign-out-everywhere": "signed the account out everywhere",
  "sign-out-elsewhere": "signed out everywhere else",
  logout: "signed out",
  "lock-account": "locked the account",
  "unlock-account": "opened the account again",
  "close-account": "asked to have the account closed",
  "keep-account": "kept the account after all",
  "account-closed": "closed the account",
  "step-up": "proved who they are",
  "confirm-address": "confirmed the address",
  "change-password": "changed the password",
  "reset-password": "set a new password by a link",
  "turn-on-second-factor": "turned two-step sign-in on",
  "turn-off-second-factor": "turned two-step sign-in off",
  "begin-totp": "began to turn two-step sign-in on",
  "renew-recovery-codes": "made new recovery codes",
  "add-passkey": "added a passkey",
  "remove-passkey": "removed a passkey",
  unsubscribe: "turned letters of a kind off in the mail",
  "add-device": "had a device show notifications",
  "remove-device": "had a device show no notifications any more",
  "let-assistant-in": "let an assistant in",
  "invite-member": "invited somebody",
  "withdraw-invitation": "took an invitation back",
  "accept-invitation": "took an invitation up",
  "join-account": "joined an account",
  "change-member": "changed a member's role",
  "remove-member": "removed a member",
  "create-token": "made a token",
  "revoke-token": "took a token back",
  "open-portal": "opened the payment portal",
  "delete-backup": "deleted a backup",
  "undelete-backup": "took a backup's deletion back",
  "send-message": "sent it a message",
  "read-gateway-token": "read the token",
  "download-backup": "downloaded a backup",
  eject: "took it along",
  "set-update-policy": "chose how it is upgraded",
  billing: "payment",
  "cancel-subscription": "ended the subscription",
  "keep-subscription": "kept the subscription",
  dunning: "not paid for",
  trial: "began a trial",
  "trial-ends": "the trial ends soon",
  dispute: "payment contested",
  "operation-ended": "an operation ended",
  "backup-missing": "backup missing",
  refund: "gave a payment back",
  outage: "found it down",
  "outage-over": "found it up again",
  credited: "gave something back for downtime",
  "credit-refused": "could not give something back for downtime",
};

const actors: Readonly<Record<string, string>> = { launchpad: "Launchpad", payment: "The payment provider", sweep: "Launchpad's round" };

function statusWord(name: string | null) {
  return name === null ? null : ((statusWords as Readonly<Record<string, { word: string }>>)[name]?.word ?? name);
}

export const record = {
  title: "Record",
  intro: "Everything that was ever done with this bot, by whom, and how it ended. Each row holds the hash of the one before, so that nobody can change one unseen.",
  empty: { title: "Nothing is recorded yet", text: "What you and Launchpad do with this bot is written down here, row by row." },
  account: {
    title: "Record",
    intro: "Everything that was done with your account and any of your bots, by whom and how it ended, newest first. Each bot's own record can be verified on its page.",
    search: "Find",
    searchHint: "A word of an action, a step, a person or an id.",
    bot: "Bot",
    all: "All bots and the account",
    own: "The account itself",
    ownIntro: "What was done with your account itself, sign-ins, members and tokens, is a chain as every bot's record is.",
    empty: { title: "Nothing is recorded yet", text: "What you and Launchpad do with your bots is written down, row by row, from the first order on." },
    none: { title: "No row has this", text: "Look for another word, or in all bots." },
    notYet: "Not in the newest rows. Older ones were not looked through yet.",
    save: "Download (NDJSON)",
    saveHint: "All rows that match, one a line.",
    rows: (count: number, more: boolean) => `${count === 1 ? "1 row" : `${count} rows`}${more ? " and more" : ""}`,
    row: (name: string | null, sequence: number) => `${name ?? "Account"}, row ${sequence}`,
  },
  none: "No row passes these filters.",
  who: "Who",
  kind: "Kind",
  from: "From",
  all: "All",
  kinds: { action: "Actions", status: "Status", step: "Steps" } as Readonly<Record<string, string>>,
  clear: "Clear the filters",
  verify: "Verify here",
  verifyText: "Your own browser recomputes each hash. It keeps the last one, and next time proves that nothing before it was rewritten.",
  verifying: (count: number) => `Row ${count}`,
  insecure: "Browsers compute hashes on secure pages only (https or localhost). Use tools/verify-record with the downloaded record.",
  whole: (count: number) => `All ${count} rows join.`,
  keptIn: (when: string) => `Nothing before your visit of ${when} was rewritten.`,
  firstTime: "The end of the chain is kept in this browser now; next time it proves more.",
  head: "Head",
  signed: (row: number, day: string) => `Row ${row} and all before it are as they were signed on ${day}.`,
  unsigned: "None of its days is signed yet: that is done every night.",
  signedThen: (day: string) => `What was signed is of ${day}.`,
  forged: (day: string) => `What was signed on ${day} is not genuine`,
  forgedFaults: {
    signature: "Its signature is not of Launchpad's key, or it was changed since it was signed.",
    documents: "It does not join on: a document before it is missing or was replaced.",
  },
  broken: (row: number) => `Row ${row} breaks the chain`,
  faults: {
    changed: "Its content does not have its hash: it was changed after it was written.",
    words: "What it says beside the chain is not what was written down then.",
    order: "A row is missing or out of order here.",
    joins: "It does not join on: a row before it was changed or replaced.",
    end: "The record ends before its head: rows are missing.",
    rewritten: "The end that this browser kept is not in the chain any more: rows were rewritten or taken away since your last visit.",
    other: "Rows of another bot are among these.",
    signed: "Another row was signed in its place: this one, or one before it, was rewritten.",
    taken: "Rows were taken away from the end: more were signed than are there.",
  } satisfies Record<Fault, string>,
  next: "Save the record as it is now, write down the head that was kept, and send both to support. tools/verify-record says the same without this page.",
  keptHead: "Kept head",
  toRow: "To the row",
  save: "Download (NDJSON)",
  saveHint: "One page a line, as the API answers. Check it with tools/verify-record.",
  rows: (count: number) => (count === 1 ? "1 row" : `${count} rows`),
  more: (left: number) => `Show more (${left} left)`,
  details: (count: number) => (count === 1 ? "1 row" : `${count} rows`),
  previous: "Hash before",
  hash: "Hash",
  rowNumber: (sequence: number) => `#${sequence}`,
  steps: "See the steps",
  broke: "Here the chain breaks",
  actor: (by: string, me: string | undefined) => (by === me ? "You" : (actors[by] ?? (by.startsWith("acc_") ? "A member of the account" : by))),
  outcome: { waiting: "waits", done: "done", failed: "failed", started: "began" } as Readonly<Record<string, string>>,
  /** What a row tells, without who. */
  says(row: Row): string {
    if (row.kind === "action") {
      const action = textIn(row, "action") ?? "";
      const known = actions[action] ?? (kindWords as Readonly<Record<string, string>>)[action];
      return known ?? action.replaceAll("-", " ");
    }
    if (row.kind === "status") {
      const from = statusWord(textIn(row, "from"));
      const to = statusWord(textIn(row, "to"));
      return from === null ? `is now: ${to}` : `${from} → ${to}`;
    }
    const step = (textIn(row, "step") ?? row.kind).replaceAll("-", " ");
    const attempt = Number(textIn(row, "attempt") ?? 1);
    const took = textIn(row, "durationMs");
    const outcome = textIn(row, "outcome") ?? "";
    return [
      `${step}: ${record.outcome[outcome] ?? outcome}`,
      ...(attempt > 1 ? [`attempt ${attempt}`] : []),
      ...(took === null ? [] : [duration(Number(took))]),
    ].join(", ");
  },
} as const;
