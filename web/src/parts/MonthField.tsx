import css from "./MonthField.module.css";

/** The month of a moment, in UTC, as `2026-01`. */
export const monthOf = (at: number) => new Date(at).toISOString().slice(0, 7);

/** Chooses a month; what is typed halfway is none yet. */
export function MonthField({ label, value, max, onChoose }: { label: string; value: string; max: string; onChoose: (month: string) => void }) {
  return (
    <label className={css.month}>
      {label}
      <input
        type="month"
        value={value}
        max={max}
        onChange={(event) => {
          if (/^\d{4}-\d\d$/.test(event.target.value)) onChoose(event.target.value);
        }}
      />
    </label>
  );
}
