import { type Store, useStore } from "../api/store";
import type { LiveState, Mode } from "../live/state";
import { cx } from "../parts/cx";
import { en } from "../texts/en";
import css from "./LiveDot.module.css";

const shape: Record<Mode, string | undefined> = { live: css.live, connecting: css.connecting, polling: css.polling, offline: css.offline };

/** Whether what is seen is what is. */
export function LiveDot({ of }: { of: Store<LiveState> }) {
  const { mode } = useStore(of);
  return (
    <span className={css.holder} title={en.live.hint[mode]}>
      <span className={cx(css.dot, shape[mode])} aria-hidden="true" />
      {en.live[mode]}
    </span>
  );
}
