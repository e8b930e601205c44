import type { Tone } from "../api/types";
import { cx } from "./cx";
import css from "./Status.module.css";

const shapes: Record<Tone, React.ReactNode> = {
  ok: (
    <>
      <circle cx="8" cy="8" r="7" fill="currentColor" />
      <path d="m4.8 8.2 2.2 2.2 4.2-4.6" fill="none" className={css.cut} strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round" />
    </>
  ),
  busy: (
    <>
      <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="2" opacity=".28" />
      <path d="M8 2a6 6 0 0 1 6 6" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
    </>
  ),
  warn: (
    <>
      <path d="M8 1.6c.5 0 .9.2 1.1.6l6 10.6c.5.9-.1 2-1.1 2H2c-1 0-1.6-1.1-1.1-2l6-10.6c.2-.4.6-.6 1.1-.6z" fill="currentColor" />
      <path d="M8 5.8v3.7" className={css.cut} strokeWidth="1.8" strokeLinecap="round" />
      <circle cx="8" cy="12" r="1" className={css.dot} />
    </>
  ),
  bad: (
    <>
      <path d="M5.2 1h5.6L15 5.2v5.6L10.8 15H5.2L1 10.8V5.2z" fill="currentColor" />
      <path d="m5.6 5.6 4.8 4.8m0-4.8-4.8 4.8" className={css.cut} strokeWidth="1.8" strokeLinecap="round" />
    </>
  ),
  idle: <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="2" />,
};

/** The shape alone, for where the word stands beside it anyway. */
export const StatusShape = ({ tone, size = 16 }: { tone: Tone; size?: number }) => (
  <svg className={cx(css.shape, css[tone])} viewBox="0 0 16 16" width={size} height={size} aria-hidden="true">
    {shapes[tone]}
  </svg>
);

interface Props {
  tone: Tone;
  word: string;
  /** On a tint, where it stands alone. */
  pill?: boolean;
}

/** Never colour alone: a shape and a word. */
export const Status = ({ tone, word, pill = false }: Props) => (
  <span className={cx(css.status, css[tone], pill && css.pill)}>
    <StatusShape tone={tone} />
    {word}
  </span>
);
