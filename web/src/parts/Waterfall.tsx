import type { Step } from "../api/types";
import { duration } from "../texts/format";
import { operations as words } from "../texts/operations";
import { cx } from "./cx";
import { Twin } from "./Twin";
import { useNow } from "./useNow";
import css from "./Waterfall.module.css";

const rowHeight = 28;

/** Pixels: a letter of a label, and the least width that the picture has. */
const letter = 5.8;
const narrowest = 290;

interface Bar {
  step: Step;
  from: number;
  to: number;
}

/** When each step ran, from the begin of the first. */
function bars(steps: readonly Step[], now: number): { all: Bar[]; span: number } {
  const begun = steps.flatMap((step) => (step.startedAt === null ? [] : [{ step, start: Date.parse(step.startedAt) }]));
  const zero = Math.min(...begun.map(({ start }) => start));
  const all = begun.map(({ step, start }) => ({
    step,
    from: start - zero,
    to: (step.durationMs === null ? Math.max(now, start) : start + step.durationMs) - zero,
  }));
  return { all, span: Math.max(1, ...all.map((bar) => bar.to)) };
}

/** Where the time went: a picture, and the same as a table. */
export function Waterfall({ steps }: { steps: readonly Step[] }) {
  const now = useNow(1000);
  const { all, span } = bars(steps, now);
  if (all.length === 0) return null;
  return (
    <div className={css.waterfall}>
      <svg width="100%" height={all.length * rowHeight + 20} role="img" aria-label={words.waterfallHint}>
        {[0, 0.25, 0.5, 0.75, 1].map((part) => (
          <g key={part}>
            <line className={css.grid} x1={`${part * 100}%`} x2={`${part * 100}%`} y1="0" y2={all.length * rowHeight} />
            <text className={css.scale} x={`${part * 100}%`} y={all.length * rowHeight + 16} textAnchor={part === 0 ? "start" : part === 1 ? "end" : "middle"}>
              {duration(span * part)}
            </text>
          </g>
        ))}
        {all.map(({ step, from, to }, row) => {
          const [x, end] = [(100 * from) / span, (100 * to) / span];
          // A label begins with its bar; where it would not fit it ends with it, or at the edge.
          const width = (100 * step.title.length * letter) / narrowest;
          const late = x + width > 100;
          return (
            <g key={step.name}>
              <rect
                className={cx(css.bar, css[step.status], step.compensates !== null && css.undo)}
                x={`${x}%`}
                style={{ width: `max(2px, ${end - x}%)` }}
                y={row * rowHeight + 18}
                height="6"
                rx="3"
              />
              <text className={css.label} x={`${late ? Math.min(100, Math.max(end, width)) : x}%`} y={row * rowHeight + 12} textAnchor={late ? "end" : "start"}>
                {step.title}
              </text>
            </g>
          );
        })}
      </svg>
      <Twin
        head={[words.step, words.began, words.took]}
        rows={all.map(({ step, from, to }) => [step.title, duration(from), duration(to - from)])}
      />
    </div>
  );
}
