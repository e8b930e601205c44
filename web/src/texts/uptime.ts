import type { Tone } from "../api/types";
import type { DayState, Verdict } from "../uptime/days";
import { duration, money } from "./format";
import { kindWords } from "./operations";

const percents = new Intl.NumberFormat("en-GB", { minimumFractionDigits: 1, maximumFractionDigits: 3 });
// Days are those of UTC, as months are.
const dayFormat = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const monthFormat = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });

const percent = (value: number) => `${percents.format(value)} %`;

const reasons: Readonly<Record<string, string>> = {
  down: "It did not run",
  "vm-lost": "Its machine was lost",
  failed: "It did not come up",
  "revert-drift": "Its files were put back",
  ...kindWords,
};

export const uptime = {
  title: "Uptime",
  intro: "How much of a month the bot was up, as three observers agreed. What was planned does not count, neither for nor against.",
  month: "Month",
  monthOf: (month: string) => monthFormat.format(Date.parse(`${month}-01`)),
  percent,
  promised: (value: number) => `of the time, ${percent(value)} promised`,
  none: "Not kept in this month",
  verdict: {
    kept: { tone: "ok", word: "The promise was kept" },
    "so-far": { tone: "ok", word: "As promised so far" },
    broken: { tone: "bad", word: "The promise was not kept" },
    breaking: { tone: "warn", word: "Less than promised so far" },
    nothing: { tone: "idle", word: "There was nothing to promise" },
  } satisfies Record<Verdict, { tone: Tone; word: string }>,
  parts: { upSeconds: "Up", unplannedSeconds: "Down, unplanned", plannedSeconds: "Away, planned", offSeconds: "Stopped on purpose" },
  took: (seconds: number) => (seconds === 0 ? "none" : duration(seconds * 1000)),
  credit: (amount: number, currency: string, share: number) => `${money(amount, currency)}, ${share} % of what you paid for this month, comes off your next bill.`,
  owed: "What is owed comes off your next bill by itself, in the first days of the next month.",
  promise: "What we promise",
  steps: (value: number) => `Up for at least ${percent(value)} of each month. If it was less, a part of what you paid for the month comes off your next bill, and nobody has to ask.`,
  step: (below: number, share: number) => `Below ${percent(below)}: ${share} % of it`,
  days: "Day by day",
  day: (date: string) => dayFormat.format(Date.parse(date)),
  dayTitle: "Day (UTC)",
  stateTitle: "Was",
  state: { up: "Up", planned: "Planned work", unplanned: "Down", off: "Stopped on purpose", none: "Not kept" } satisfies Record<DayState, string>,
  picture: (unplanned: number, planned: number) =>
    `${unplanned === 0 ? "No day with an outage" : unplanned === 1 ? "1 day with an outage" : `${unplanned} days with an outage`}, ${planned === 1 ? "1 with planned work" : `${planned === 0 ? "none" : planned} with planned work`}.`,
  incidents: "When it was away",
  nothing: "It was not away in this month.",
  began: "Began",
  lasted: "Lasted",
  goesOn: "goes on",
  kind: "Kind",
  kinds: { planned: { tone: "idle", word: "Planned" }, unplanned: { tone: "bad", word: "Unplanned" } } as Readonly<Record<string, { tone: Tone; word: string }>>,
  why: "Why",
  reason: (why: string) => reasons[why] ?? why.replaceAll("-", " "),
  operation: "See the steps",
} as const;
