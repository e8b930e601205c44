import { MonitorSmartphone } from "lucide-react";
import { useState } from "react";
import { usePair, useWaiting, type Waiting } from "../../api/bots";
import { isOpen, useOperation } from "../../api/operations";
import { Problem } from "../../api/problems";
import { Button } from "../../parts/Button";
import { ProblemCard } from "../../parts/States";
import { Status } from "../../parts/Status";
import { Time } from "../../parts/Time";
import { bot as botWords } from "../../texts/bots";
import { en } from "../../texts/en";
import { useIsExpected } from "./expected";
import css from "./WaitingBrowsers.module.css";

const words = botWords.pair;

/** Who stands before the bot's page, each with the button that lets it in. */
export function WaitingBrowsers({ id }: { id: string }) {
  const isExpected = useIsExpected(id);
  const { data, error, isFetching, refetch } = useWaiting(id, isExpected);
  // One that was let in stays in its place until it is seen that it was.
  const [pressed, setPressed] = useState<readonly Waiting[]>([]);
  const others = (data ?? []).filter((one) => !pressed.some((other) => other.request === one.request));
  const all = [...pressed, ...others];
  return (
    <div className={css.waiting} aria-live="polite">
      {all.length > 0 && (
        <ul>
          {all.map((one) => (
            <Line key={one.request} bot={id} waiting={one} onPress={() => setPressed((before) => [...before.filter((other) => other.request !== one.request), one])} />
          ))}
        </ul>
      )}
      {data === null || (error && data === undefined) ? (
        <p className={css.quiet}>
          {(error && Problem.of(error).detail) || words.unknown}{" "}
          <Button size="small" kind="quiet" busy={isFetching} onPress={() => void refetch()}>
            {en.tryAgain}
          </Button>
        </p>
      ) : all.length > 0 ? null : isExpected ? (
        <Status tone="busy" word={words.expected} />
      ) : (
        <p className={css.quiet}>
          {data === undefined ? words.looking : words.nobody}{" "}
          {data !== undefined && (
            <Button size="small" kind="quiet" busy={isFetching} onPress={() => void refetch()}>
              {words.look}
            </Button>
          )}
        </p>
      )}
    </div>
  );
}

interface LineProps {
  bot: string;
  waiting: Waiting;
  onPress: () => void;
}

function Line({ bot, waiting: { request, name, platform, since }, onPress }: LineProps) {
  const pair = usePair(bot);
  const { data } = useOperation(pair.answer?.operation ?? null);
  const who = name ?? words.unnamed;
  const going = data ? isOpen(data) : pair.answer !== undefined;
  return (
    <li className={css.line}>
      <MonitorSmartphone aria-hidden="true" />
      <div>
        <strong>{who}</strong>
        <span>
          {platform !== null && `${platform}, `}
          {words.since} <Time at={since} /> <code>{request}</code>
        </span>
      </div>
      {data?.status === "succeeded" ? (
        <Status tone="ok" word={words.in} />
      ) : (
        <Button
          kind="primary"
          size="small"
          label={`${words.submit}: ${who}`}
          busy={pair.busy || going}
          onPress={() => {
            onPress();
            pair.press(request);
          }}
        >
          {words.submit}
        </Button>
      )}
      {pair.problem && <ProblemCard problem={pair.problem} onAgain={pair.again} />}
      {data?.failure && (
        <p className={css.failure} role="alert">
          {data.failure.message} {data.failure.next}
        </p>
      )}
    </li>
  );
}
