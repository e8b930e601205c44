import type { Backup } from "../api/backups";
import type { Night } from "../backups/nights";
import { date, duration, number } from "./format";

const units = ["B", "KB", "MB", "GB", "TB"];

/** "1.2 GB" */
export function size(bytes: number): string {
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${number(bytes / 2 ** (10 * power))} ${units[power]}`;
}

const dayFormat = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short" });
const momentFormat = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

export const backups = {
  title: "Backups",
  nights: "The last 30 nights",
  nightsSum: (kept: number, proven: number) => `${kept} of 30 days have a backup that is kept; ${proven} of them proved to come up.`,
  day: (day: number) => dayFormat.format(day),
  moment: (at: string) => momentFormat.format(Date.parse(at)),
  state: { proven: "kept and proven", kept: "kept", none: "none kept", waiting: "not yet", before: "before its time" } satisfies Record<Night["state"], string>,
  dayTitle: "Day",
  stateTitle: "Backup",
  sizeTitle: "Size",
  backUp: "Back up",
  drill: "Prove the newest",
  drillText: "A drill brings the bot up from its newest backup, beside the one that runs, asks it something, and throws the copy away. What it found is signed.",
  going: "It is being made. The bot is not disturbed.",
  done: "It is done.",
  drillGoing: "The bot is being brought up from its newest backup, beside the one that runs.",
  drillDone: "It came up.",
  list: "Kept",
  empty: { title: "There is no backup yet", text: "Each night one is made by itself, and before a change as well. You need not wait: make one now." },
  reason: { nightly: "Nightly", asked: "Asked for", change: "Before a change", deletion: "Before its deletion", move: "Before a move" } satisfies Record<Backup["reason"], string>,
  facts: (backup: Backup) =>
    [
      size(backup.storedBytes),
      `${number(backup.files)} files`,
      ...(backup.sessions === null ? [] : [`${number(backup.sessions)} conversations`]),
      ...(backup.memories === null ? [] : [`${number(backup.memories)} memories`]),
      `version ${backup.version}`,
    ].join(" · "),
  proven: (ms: number | null) => (ms === null ? "Proven on" : `Proven: up after ${duration(ms)}, on`),
  provenOn: (at: string) => date(Date.parse(at)),
  unproven: "Not proven yet",
  restore: "Restore",
  asNew: "Restore as a new bot",
  remove: "Delete",
  download: "Download",
  more: (when: string) => `More about the backup of ${when}`,
  newest: "The newest stays. Make another one first.",
  beingDeleted: (when: string) => `The backup of ${when} goes in`,
  restoreTitle: (when: string) => `Back to ${when}`,
  loses: "What is lost",
  relink: "What has to be done by hand afterwards",
  keeps: "What stays",
  downtime: (seconds: number) => `Away about ${duration(seconds * 1000)}.`,
  undo: "How it is taken back",
  undoText: "Go back to the version before, without what it learned since: Versions, Go back to it. What is there now is kept until the next change.",
  undoApi: "The same by the API",
  why: "Why",
  whyHint: "For the list of versions. One line.",
  restoreGo: "Restore exactly this",
  restoreGoing: "The data are being brought back. What is there now is put aside, not thrown away.",
  restoreDone: "The bot runs with the data of that moment.",
  downloadTitle: (when: string) => `Download the backup of ${when}`,
  downloadText: "The archive is encrypted. What is answered opens this one archive, for an hour; that you asked for it goes into the record. You may be asked for your password.",
  downloadGo: "Get the key and the address",
  downloadForget: "It is gone from this page when you close this.",
  downloadSteps: "In a terminal, with age, zstd, tar, curl and jq. The script open-backup is in the tools of Launchpad.",
  downloadSave: "Save as backup.json",
  downloadKey: "Key (age identity)",
  downloadSum: "SHA-256 of the archive",
  downloadSize: "Size",
  command: "./open-backup FOLDER < backup.json",
  drills: "Drills",
  drillsEmpty: { title: "No drill yet", text: "A backup that nobody tried is a hope. A drill makes a proof of it, with a signature that you can check." },
  cameUp: "It came up",
  didNot: "It did not come up",
  recovery: (ms: number) => `up after ${duration(ms)}`,
  age: (ms: number) => `data were ${duration(ms)} old`,
  checks: "What was looked at",
  certificate: "Save the certificate",
  certificateOf: (when: string) => `Save the certificate of ${when}`,
} as const;
