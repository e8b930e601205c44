import { megabytes, number } from "./format";

const clockFormat = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const dayFormat = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const momentFormat = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const cpuFormat = new Intl.NumberFormat("en-GB", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

const cores = (count: number) => (count === 1 ? "1 core" : `${number(count)} cores`);

const space = (mb: number) => (mb === 0 ? "0" : megabytes(Math.round(mb)));

export const usage = {
  title: "Usage",
  intro: (plan: string) => `What the bot used of what its plan, ${plan}, gives it.`,
  span: "How far back",
  spans: { 1: "1 hour", 24: "24 hours", 168: "7 days", 720: "30 days" } as const,
  names: { cpu: "CPU", memory: "Memory", disk: "Disk" },
  value: { cpu: (value: number) => cpuFormat.format(value), memory: space, disk: space },
  limit: { cpu: cores, memory: megabytes, disk: megabytes },
  of: (limit: string) => `of ${limit}`,
  average: "Average",
  most: "Most",
  time: "From",
  nearly: { cpu: "At its limit", memory: "Nearly full", disk: "Nearly full" },
  /** Of a point in the picture. */
  at: (ms: number) => momentFormat.format(ms),
  latest: "Now",
  unknown: "Not measured",
  tick: (ms: number, hours: number) => (hours > 24 ? dayFormat : clockFormat).format(ms),
  picture: (name: string, last: string, average: string, most: string, limit: string) =>
    `${name}: ${last} now, ${average} on average, ${most} at most, of ${limit}.`,
  empty: { title: "Nothing is measured yet", text: "While the bot runs its machine tells what it uses, about once a minute. What it told is kept for 30 days." },
  nothing: "Of this nothing was measured in that time.",
} as const;
