import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { isOpen, useOperation } from "../../api/operations";
import { useRehearse } from "../../api/rehearsals";
import type { Deployment, Operation } from "../../api/types";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { Choice } from "../../parts/Field";
import { ProblemCard } from "../../parts/States";
import { Status } from "../../parts/Status";
import { StepList } from "../../parts/StepList";
import { en } from "../../texts/en";
import { operations } from "../../texts/operations";
import { rehearsal as words } from "../../texts/rehearsal";

interface Props {
  bot: Deployment;
  faults: readonly string[];
  onClose: () => void;
}

/** A failure on purpose: what it will do, how it goes, and what it cost, in one place. */
export function Rehearse({ bot, faults, onClose }: Props) {
  const [fault, setFault] = useState(faults[0] ?? "");
  const rehearse = useRehearse(bot.id);
  const { data: operation } = useOperation(rehearse.answer?.operation ?? null);
  const begun = rehearse.answer !== undefined;
  return (
    <Dialog
      title={words.title(bot.name)}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{begun ? en.close : en.cancel}</Button>
          {!begun && (
            <Button kind="primary" busy={rehearse.busy} onPress={() => rehearse.press(fault)}>
              {words.go}
            </Button>
          )}
        </>
      }
    >
      {!begun ? (
        <>
          <p>{words.text(bot.name)}</p>
          <div>
            <h3>{words.before}</h3>
            <ul className="bullets">
              {words.will(bot.name, bot.activeVersion).map((one) => (
                <li key={one}>{one}</li>
              ))}
            </ul>
          </div>
          {faults.length > 1 && <Choice legend={words.fault} value={fault} onChoose={setFault} options={faults.map((one) => ({ value: one, title: one }))} />}
        </>
      ) : operation && !isOpen(operation) ? (
        <Ended bot={bot} operation={operation} />
      ) : (
        <p role="status">
          <Status tone="busy" word={operations.status.running} /> {words.leave}
        </p>
      )}
      {operation && <StepList steps={operation.steps} />}
      {operation && (
        <Link to="/bots/$id/operations/$op" params={{ id: bot.id, op: operation.id }} onClick={onClose}>
          {words.steps}
        </Link>
      )}
      {rehearse.problem && <ProblemCard problem={rehearse.problem} onAgain={rehearse.again} />}
    </Dialog>
  );
}

const Ended = ({ bot, operation }: { bot: Deployment; operation: Operation }) =>
  operation.failure ? (
    <div role="status">
      <Status tone="ok" word={words.kept(bot.name, bot.activeVersion)} />
      <p>{words.away(operation.downtimeMs)}</p>
      <p>{operation.failure.message}</p>
    </div>
  ) : (
    <p role="status">{words.cameUp}</p>
  );
