import type { Tone } from "../api/types";
import { cx } from "./cx";
import css from "./Meter.module.css";

interface Props {
  label: string;
  /** What it says in words, beside the picture. */
  words: string;
  value: number;
  max: number;
  tone?: Tone;
}

/** How much of something is used. */
export const Meter = ({ label, words, value, max, tone = "idle" }: Props) => (
  <div className={css.meter} role="meter" aria-label={label} aria-valuenow={value} aria-valuemin={0} aria-valuemax={max} aria-valuetext={words}>
    <div className={css.track}>
      <div className={cx(css.fill, css[tone])} style={{ inlineSize: `${Math.min(100, (100 * value) / Math.max(1, max))}%` }} />
    </div>
    <span>{words}</span>
  </div>
);
