import { useState } from "react";
import { usePair } from "../../api/bots";
import { isOpen, useOperation } from "../../api/operations";
import { Button } from "../../parts/Button";
import { errorOf, Field } from "../../parts/Field";
import { Card } from "../../parts/Layout";
import { ProblemCard } from "../../parts/States";
import { Status } from "../../parts/Status";
import { bot as botWords } from "../../texts/bots";
import { operations } from "../../texts/operations";
import css from "./PairBrowser.module.css";
import { WaitingBrowsers } from "./WaitingBrowsers";

const words = botWords.pair;

/** Lets a browser in that waits at the bot's own page. */
export const PairBrowser = ({ id }: { id: string }) => (
  <Card title={words.title}>
    <div className={css.pair}>
      <WaitingBrowsers id={id} />
      <details>
        <summary>{words.byId}</summary>
        <ById id={id} />
      </details>
    </div>
  </Card>
);

/** For a machine that does not say who waits, and for whoever was told the id. */
function ById({ id }: { id: string }) {
  const [request, setRequest] = useState("");
  const pair = usePair(id);
  const { data } = useOperation(pair.answer?.operation ?? null);
  const error = errorOf(pair.problem, "request");
  const going = data ? isOpen(data) : pair.answer !== undefined;
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        pair.press(request.trim());
      }}
    >
      <Field label={words.label} hint={words.text} required spellCheck={false} autoComplete="off" value={request} onType={setRequest} error={error} />
      {pair.problem && !error && <ProblemCard problem={pair.problem} onAgain={pair.again} />}
      {going && <Status tone="busy" word={operations.status.running} />}
      {data?.status === "succeeded" && <Status tone="ok" word={words.done} />}
      {data?.failure && (
        <p role="alert">
          {data.failure.message} {data.failure.next}
        </p>
      )}
      <div>
        <Button type="submit" busy={pair.busy || going}>
          {words.submit}
        </Button>
      </div>
    </form>
  );
}
