import { RotateCcw } from "lucide-react";
import { useState } from "react";
import { clock } from "../../api/clock";
import type { Step } from "../../api/types";
import { Button } from "../../parts/Button";
import { StepList } from "../../parts/StepList";
import { useNow } from "../../parts/useNow";
import { clockOf, date } from "../../texts/format";
import { replay as words } from "../../texts/public";
import recording from "./recording.json";
import css from "./Replay.module.css";

type Recorded = (typeof recording.steps)[number];

/** The step as it was seen so many milliseconds after the payment. */
function stepAt({ name, title, fromMs, durationMs, detail }: Recorded, at: number, start: number): Step {
  const status = at < fromMs ? "pending" : at < fromMs + durationMs ? "started" : "done";
  return {
    name, title, status, attempt: 1, startedAt: new Date(start + fromMs).toISOString(), durationMs: status === "done" ? durationMs : null,
    detail, code: null, usualMs: null, compensates: null,
  };
}

/** A provisioning that was, at its own speed. Who wants no motion sees how it ended. */
export default function Replay() {
  const [start, setStart] = useState(() =>
    matchMedia("(prefers-reduced-motion: reduce)").matches ? clock.now() - recording.tookMs : clock.now());
  const at = Math.min(recording.tookMs, Math.max(0, useNow(100) - start));
  const over = at === recording.tookMs;
  return (
    <figure className={css.replay}>
      <figcaption className={css.head}>
        <strong>{over ? words.over : words.going}</strong>
        <span className={css.clock}>{clockOf(at)}</span>
      </figcaption>
      <StepList silent steps={recording.steps.map((step) => stepAt(step, at, start))} />
      <div className={css.foot}>
        <span>{words.recorded(date(Date.parse(recording.recordedAt)))}</span>
        <Button kind="quiet" size="small" icon={<RotateCcw />} onPress={() => setStart(clock.now())}>
          {words.again}
        </Button>
      </div>
    </figure>
  );
}
