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
  busy: boolean;
  problem: Problem | null;
}

/** What was done can be taken back until then. */
export const UndoBar = ({ children, until, onUndo, busy, problem }: Props) => (
  <div className={css.undo}>
    <StatusShape tone="warn" size={18} />
    <div className={css.text}>{children}</div>
    <Countdown until={until} />
    <Button size="small" onPress={onUndo} busy={busy}>
      {en.undo}
    </Button>
    {problem && (
      <div className={css.problem}>
        <ProblemCard problem={problem} onAgain={onUndo} />
      </div>
    )}
  </div>
);
