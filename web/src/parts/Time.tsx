import { ago, clockTime, date, duration, exact, remaining } from "../texts/format";
import css from "./Time.module.css";
import { useNow } from "./useNow";

interface Props {
  at: string;
  as?: "ago" | "clock" | "date";
}

/** Relative, and exact with its zone where a pointer or the focus rests. */
export function Time({ at, as = "ago" }: Props) {
  const now = useNow(10_000);
  const when = Date.parse(at);
  const text = as === "ago" ? ago(when, now) : as === "clock" ? clockTime(when) : date(when);
  return (
    <time className={css.time} dateTime={at} tabIndex={0} data-exact={exact(when)} aria-label={`${text}, ${exact(when)}`}>
      {text}
    </time>
  );
}

/** How long it is since. */
export function Elapsed({ since }: { since: string }) {
  const now = useNow(1000);
  return <span>{duration(Math.floor(Math.max(0, now - Date.parse(since)) / 1000) * 1000 + 0.1)}</span>;
}

/** Until when, by the server's clock. */
export function Countdown({ until }: { until: string | number }) {
  const now = useNow(1000);
  const end = typeof until === "number" ? until : Date.parse(until);
  return (
    <span className={css.countdown} role="timer">
      {remaining(end - now)}
    </span>
  );
}
