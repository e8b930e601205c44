import { Send } from "lucide-react";
import { useState } from "react";
import { useMessage, whyNot } from "../../api/bots";
import { isOpen, useOperation } from "../../api/operations";
import type { Deployment } from "../../api/types";
import { Button } from "../../parts/Button";
import { Curl } from "../../parts/Curl";
import { errorOf, TextArea } from "../../parts/Field";
import { Card } from "../../parts/Layout";
import { ProblemCard } from "../../parts/States";
import { StatusShape } from "../../parts/Status";
import { Elapsed } from "../../parts/Time";
import { bot as botWords } from "../../texts/bots";
import { en } from "../../texts/en";
import css from "./MessageBox.module.css";

const words = botWords.message;

// As the API has it (Rules.Message).
const textMax = 4000;

interface Asked {
  text: string;
  operation: string;
}

/** A word with the bot, and its answer beneath. */
export function MessageBox({ bot }: { bot: Deployment }) {
  const [text, setText] = useState("");
  const [asked, setAsked] = useState<Asked[]>([]);
  const message = useMessage(bot.id, (operation, sent) => {
    setAsked((before) => [...before, { text: sent, operation }]);
    // What was typed meanwhile stays.
    setText((now) => (now === sent ? "" : now));
  });
  const error = errorOf(message.problem, "text");
  return (
    <Card title={words.title}>
      <div className={css.talk} role="log" aria-label={words.title}>
        {asked.length === 0 ? <p className={css.none}>{words.none}</p> : asked.map((one) => <Exchange key={one.operation} {...one} name={bot.name} />)}
      </div>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() !== "") message.press(text);
        }}
      >
        <TextArea
          label={words.label}
          placeholder={words.placeholder(bot.name)}
          rows={2}
          maxLength={textMax}
          value={text}
          onType={setText}
          error={error}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            event.currentTarget.form?.requestSubmit();
          }}
        />
        {message.problem && !error && <ProblemCard problem={message.problem} onAgain={message.again} />}
        <div className={css.foot}>
          <Curl method="POST" path={`/deployments/${bot.id}/test-message`} body={{ text }} />
          <Button kind="primary" type="submit" icon={<Send />} busy={message.busy} why={whyNot(bot, "message", en.notAllowed)}>
            {words.send}
          </Button>
        </div>
      </form>
    </Card>
  );
}

function Exchange({ text, operation, name }: Asked & { name: string }) {
  const { data } = useOperation(operation);
  const took = data?.finishedAt ? Date.parse(data.finishedAt) - Date.parse(data.createdAt) : null;
  return (
    <>
      <div className={css.mine}>
        <span className="unseen">{words.you}</span>
        {text}
      </div>
      <div className={css.answer}>
        <span className={css.who}>
          {name}
          {took !== null && <span>{words.took(took)}</span>}
        </span>
        {!data || isOpen(data) ? (
          <span className={css.waiting}>
            <StatusShape tone="busy" />
            {words.waiting}
            {data && <Elapsed since={data.createdAt} />}
          </span>
        ) : data.failure ? (
          <span className={css.failed}>
            {data.failure.message} {data.failure.next}
          </span>
        ) : (
          <span>{data.result ?? words.noAnswer}</span>
        )}
      </div>
    </>
  );
}
