import { useState, type ReactNode } from "react";
import { type Backup, useRestore, useRestorePlan } from "../../api/backups";
import { Button } from "../../parts/Button";
import { Curl } from "../../parts/Curl";
import { Dialog } from "../../parts/Dialog";
import { errorOf, Field } from "../../parts/Field";
import { Loaded, ProblemCard, Skeleton } from "../../parts/States";
import { backups as words } from "../../texts/backups";
import { en } from "../../texts/en";
import css from "./Backups.module.css";

interface Props {
  bot: string;
  backup: Backup;
  why: string | null;
  onClose: () => void;
  onBegun: (operation: string) => void;
}

/** What would be lost, what stays, what is to be done by hand, and how it is taken back: read before it can be pressed. */
export function Restore({ bot, backup, why, onClose, onBegun }: Props) {
  const plan = useRestorePlan(bot, backup.id);
  const [reason, setReason] = useState("");
  const restore = useRestore(bot, onBegun);
  const error = errorOf(restore.problem, "why");
  return (
    <Dialog
      title={words.restoreTitle(words.moment(backup.at))}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{en.cancel}</Button>
          <Button
            kind="primary"
            busy={restore.busy}
            why={plan.data === undefined ? en.loading : why}
            onPress={() => restore.press({ backup: backup.id, why: reason })}
          >
            {words.restoreGo}
          </Button>
        </>
      }
    >
      <Loaded query={plan} skeleton={<Skeleton lines={5} />}>
        {(found) => (
          <>
            <p>
              <strong>{words.downtime(found.downtimeSeconds)}</strong>
            </p>
            <Part title={words.loses} all={found.loses} />
            <Part title={words.relink} all={found.relink} />
            <Part title={words.keeps} all={found.keeps} />
            <Part title={words.undo} all={[words.undoText]}>
              <details className={css.checks}>
                <summary>{words.undoApi}</summary>
                <p>{found.undo}</p>
              </details>
            </Part>
          </>
        )}
      </Loaded>
      <Field label={words.why} hint={words.whyHint} optional maxLength={200} value={reason} onType={setReason} error={error} />
      {restore.problem && !error && <ProblemCard problem={restore.problem} onAgain={restore.again} />}
      <Curl method="POST" path={`/deployments/${bot}/restore`} body={{ backup: backup.id, ...(reason ? { why: reason } : {}) }} />
    </Dialog>
  );
}

const Part = ({ title, all, children }: { title: string; all: readonly string[]; children?: ReactNode }) =>
  all.length === 0 ? null : (
    <div className={css.part}>
      <h3>{title}</h3>
      <ul className="bullets">
        {all.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
      {children}
    </div>
  );
