import type { ReactNode } from "react";
import type { Problem } from "../api/problems";
import { en } from "../texts/en";
import { Button } from "./Button";
import { ProblemCard } from "./States";
import { StatusShape } from "./Status";
import { Countdown } from "./Time";
import css from "./UndoBar.module.css";

interface Props {
  children: ReactNode;
  until: string;
  onUndo: () => void;
  /** Why it cannot be taken back at this moment. */
  why?: string | null;
  busy: boolean;
  problem: Problem | null;
}

/** What was done can be taken back until then. */
export const UndoBar = ({ children, until, onUndo, why, busy, problem }: Props) => (
  <div className={css.undo}>
    <StatusShape tone="warn" size={18} />
    <div className={css.text}>
      {children} <Countdown until={until} />
    </div>
    <Button size="small" onPress={onUndo} why={why} busy={busy}>
      {en.undo}
    </Button>
    {problem && (
      <div className={css.problem}>
        <ProblemCard problem={problem} onAgain={onUndo} />
      </div>
    )}
  </div>
);
