import type { Backup } from "../../api/backups";
import { nights, type Night } from "../../backups/nights";
import { cx } from "../../parts/cx";
import { Twin } from "../../parts/Twin";
import { useNow } from "../../parts/useNow";
import { backups as words, size } from "../../texts/backups";
import css from "./Backups.module.css";

const signs: Record<Night["state"], string> = { proven: "m3.4 8.3 2.7 2.7 5.5-6", kept: "", none: "M7.5 3.6v5.2m0 2.4v.6", waiting: "", before: "" };

/** A month at a glance, and the same as a table. */
export function Nights({ backups, since }: { backups: readonly Backup[]; since: string }) {
  const all = nights(backups, useNow(60_000), Date.parse(since));
  const kept = all.filter((night) => night.kept.length > 0).length;
  const proven = all.filter((night) => night.state === "proven").length;
  const sum = words.nightsSum(kept, proven);
  return (
    <div className={css.nights}>
      <svg viewBox="0 0 600 34" role="img" aria-label={sum}>
        {all.map(({ day, state }, at) => (
          <g key={day} transform={`translate(${at * 20 + 2.5} 2)`} className={cx(css.night, css[state])}>
            <title>{`${words.day(day)}: ${words.state[state]}`}</title>
            <rect width="15" height="15" rx="3" />
            {signs[state] && <path d={signs[state]} />}
            {at % 7 === 2 && (
              <text x="0" y="29">
                {words.day(day).replace(/^\S+ /, "")}
              </text>
            )}
          </g>
        ))}
      </svg>
      <p>{sum}</p>
      <Twin
        head={[words.dayTitle, words.stateTitle, words.sizeTitle]}
        rows={all.toReversed().map(({ day, state, kept: of }) => [
          words.day(day),
          words.state[state],
          of.length === 0 ? "" : size(of.reduce((bytes, one) => bytes + one.storedBytes, 0)),
        ])}
      />
    </div>
  );
}
