import type { Uptime } from "../../api/uptime";
import { cx } from "../../parts/cx";
import { Twin } from "../../parts/Twin";
import { uptime as words } from "../../texts/uptime";
import { days, type DayState } from "../../uptime/days";
import css from "./Uptime.module.css";

/** Never colour alone: a sign in each day that was anything. */
const signs: Record<DayState, string> = {
  up: "m3.4 8.3 2.7 2.7 5.5-6",
  planned: "M3.8 7.5h7.4",
  unplanned: "M7.5 3.6v5.2m0 2.4v.6",
  off: "M5.4 4.2v6.6m4.2-6.6v6.6",
  none: "",
};

/** So many lie beside each other where there is room for no more. */
const half = 16;

/** A month at a glance, and the same as a table. */
export function UptimeDays({ had }: { had: Uptime }) {
  const all = days(had);
  const count = (wanted: DayState) => all.filter(({ state }) => state === wanted).length;
  return (
    <div className={css.days}>
      <div className={css.strip} role="img" aria-label={words.picture(count("unplanned"), all.filter(({ parts }) => parts.plannedSeconds > 0).length)}>
        {[0, half].map((first) => (
          <svg key={first} viewBox={`0 0 ${half * 20} 34`}>
            {all.slice(first, first + half).map(({ date, state }, at) => (
              <g key={date} transform={`translate(${at * 20 + 2.5} 2)`} className={cx(css.day, css[state])}>
                <title>{`${words.day(date)}: ${words.state[state]}`}</title>
                <rect width="15" height="15" rx="3" />
                {signs[state] && <path d={signs[state]} />}
                {(first + at) % 7 === 0 && (
                  <text x="0" y="29">
                    {words.day(date)}
                  </text>
                )}
              </g>
            ))}
          </svg>
        ))}
      </div>
      <Twin
        name={words.days}
        head={[words.dayTitle, words.stateTitle, words.parts.unplannedSeconds, words.parts.plannedSeconds]}
        rows={all.map(({ date, state, parts }) => [
          words.day(date),
          words.state[state],
          words.took(parts.unplannedSeconds),
          words.took(parts.plannedSeconds),
        ])}
      />
    </div>
  );
}
