/** Numbers and times as people read them. */

const locale = "en-GB";
const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "long" });
const exactFormat = new Intl.DateTimeFormat(locale, {
  weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short",
});
const clockFormat = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
const dayFormat = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric" });
const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** "3 minutes ago"; within ten seconds "just now". */
export function ago(at: number, now: number): string {
  const distance = at - now;
  const size = Math.abs(distance);
  if (size < 10_000) return "just now";
  if (size < minute) return relative.format(Math.round(distance / 1000), "second");
  if (size < hour) return relative.format(Math.round(distance / minute), "minute");
  if (size < day) return relative.format(Math.round(distance / hour), "hour");
  if (size < 30 * day) return relative.format(Math.round(distance / day), "day");
  return dayFormat.format(at);
}

export const exact = (at: number) => exactFormat.format(at);
export const clockTime = (at: number) => clockFormat.format(at);
export const date = (at: number) => dayFormat.format(at);
export const number = (value: number) => numbers.format(value);

/** How long something took: "0.2 s", "12 s", "1 m 05 s", "3 d 4 h". */
export function duration(ms: number): string {
  if (ms < 9950) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${pad(seconds % 60)} s`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${pad(Math.floor((seconds % 3600) / 60))} m`;
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`;
}

/** A span that somebody chose: "24 hours", "7 days", "10 minutes". */
export function period(ms: number): string {
  const [count, unit] = ms % day === 0 && ms > day ? [ms / day, "day"] : ms >= hour ? [ms / hour, "hour"] : ms >= minute ? [ms / minute, "minute"] : [ms / 1000, "second"];
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 1 }).format(count);
}

/** What a countdown shows: "23:59:07" or "4:05". */
export function remaining(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  return h > 0 ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
}

export const money = (cents: number, currency: string) =>
  new Intl.NumberFormat(locale, { style: "currency", currency, currencyDisplay: "narrowSymbol", minimumFractionDigits: cents % 100 === 0 ? 0 : 2 }).format(cents / 100);

export const megabytes = (mb: number) => (mb >= 1024 ? `${numbers.format(mb / 1024)} GB` : `${numbers.format(mb)} MB`);

const pad = (value: number) => String(value).padStart(2, "0");
