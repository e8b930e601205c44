import { useState } from "react";
import { download } from "../../api/download";
import { Problem } from "../../api/problems";
import { readRecord } from "../../api/record";
import { Button } from "../../parts/Button";
import { Copyable, Id } from "../../parts/Copy";
import { cx } from "../../parts/cx";
import { Card, Row } from "../../parts/Layout";
import { ProblemCard } from "../../parts/States";
import { StatusShape } from "../../parts/Status";
import { exact } from "../../texts/format";
import { record as words } from "../../texts/record";
import css from "./RecordPage.module.css";
import type { useVerify } from "./useVerify";

interface Props {
  id: string;
  verify: ReturnType<typeof useVerify>;
  intro?: string;
  /** Where rows can be gone to. */
  onRow?: (row: number) => void;
}

/** The proof, made by whoever reads it. */
export function VerifyCard({ id, verify: { state, press }, intro = words.intro, onRow }: Props) {
  const secure = "subtle" in crypto;
  return (
    <Card>
      <div className={css.verify}>
        <p>
          {intro} {words.verifyText}
        </p>
        <Row>
          <Button kind="primary" busy={state.at === "reading"} why={secure ? null : words.insecure} onPress={press}>
            {state.at === "reading" ? words.verifying(state.count) : words.verify}
          </Button>
          <Save id={id} />
        </Row>
        {state.at === "problem" && <ProblemCard problem={state.problem} onAgain={press} />}
        {state.at === "said" && state.verdict.whole && (
          <div className={css.verdict} role="status">
            <strong>
              <StatusShape tone="ok" size={20} />
              {words.whole(state.verdict.count)}
            </strong>
            <p>{state.verdict.signed ? words.signed(state.verdict.signed.row, state.verdict.signed.day) : words.unsigned}</p>
            <p>{state.kept ? words.keptIn(exact(Date.parse(state.kept.at))) : words.firstTime}</p>
            <p>
              {words.head} <Id value={state.verdict.head.hash} />
            </p>
          </div>
        )}
        {state.at === "said" && !state.verdict.whole && (
          <Broken row={state.verdict.row} text={words.faults[state.verdict.fault]} day={state.verdict.day} kept={state.kept?.hash ?? null} onRow={onRow} />
        )}
        {state.at === "forged" && (
          <div className={cx(css.verdict, css.bad)} role="alert">
            <strong>
              <StatusShape tone="bad" size={20} />
              {words.forged(state.day)}
            </strong>
            <p>{words.forgedFaults[state.fault]}</p>
            <p>{words.next}</p>
          </div>
        )}
      </div>
    </Card>
  );
}

interface BrokenAt {
  row: number;
  text: string;
  day: string | undefined;
  kept: string | null;
  onRow: ((row: number) => void) | undefined;
}

const Broken = ({ row, text, day, kept, onRow }: BrokenAt) => (
  <div className={cx(css.verdict, css.bad)} role="alert">
    <strong>
      <StatusShape tone="bad" size={20} />
      {words.broken(row)}
    </strong>
    <p>{text}</p>
    {day !== undefined && <p>{words.signedThen(day)}</p>}
    <p>{words.next}</p>
    {kept !== null && (
      <p>
        {words.keptHead} <Copyable value={kept} />
      </p>
    )}
    {onRow && (
      <Row>
        <Button size="small" onPress={() => onRow(row)}>
          {words.toRow}
        </Button>
      </Row>
    )}
  </div>
);

/** A page a line: that is what tools/verify-record reads, and the head is in it. */
function Save({ id }: { id: string }) {
  const [state, setState] = useState<"idle" | "busy" | Problem>("idle");
  const press = () => {
    setState("busy");
    readRecord(id, -1).then(
      (pages) => {
        download(new Blob(pages.map((page) => `${JSON.stringify(page)}\n`), { type: "application/x-ndjson" }), `${id}-record.ndjson`);
        setState("idle");
      },
      (fault: unknown) => setState(Problem.of(fault)),
    );
  };
  return (
    <>
      <Button busy={state === "busy"} onPress={press}>
        {words.save}
      </Button>
      {state instanceof Problem && <ProblemCard problem={state} onAgain={press} />}
    </>
  );
}
