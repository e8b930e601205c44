import { type Delivery, useDeliveries, useReplay, useResend } from "../../api/notifications";
import { Button } from "../../parts/Button";
import { Line, LineFacts, MorePages, Rows } from "../../parts/Rows";
import { ActProblem, Loaded } from "../../parts/States";
import { Status } from "../../parts/Status";
import { Time } from "../../parts/Time";
import { toast } from "../../parts/Toast";
import { webhooks as words } from "../../texts/notifications";
import css from "./Security.module.css";
import own from "./Webhooks.module.css";

/** What was sent to a webhook, newest first, with every try. */
export function Deliveries({ webhook }: { webhook: string }) {
  const query = useDeliveries(webhook);
  const resend = useResend(webhook);
  const replay = useReplay(webhook, (events) => toast(words.replayed(events)));
  return (
    <>
      <ActProblem act={resend} />
      <ActProblem act={replay} />
      <Loaded query={query}>
        {({ pages }) => {
          const all = pages.flatMap(({ deliveries }) => deliveries);
          return all.length === 0 ? (
            <p>{words.empty}</p>
          ) : (
            <>
              <Rows>
                {all.map((one) => (
                  <One key={one.event} delivery={one} busy={resend.busy || replay.busy} onResend={() => resend.press(one.event)} onReplay={() => replay.press(one.event)} />
                ))}
              </Rows>
              <MorePages query={query} />
            </>
          );
        }}
      </Loaded>
    </>
  );
}

interface Props {
  delivery: Delivery;
  busy: boolean;
  onResend: () => void;
  onReplay: () => void;
}

function One({ delivery: { event, type, at, status, nextAt, body, attempts }, busy, onResend, onReplay }: Props) {
  return (
    <Line>
      <code>{type}</code> <Status {...words.states[status]} />
      <LineFacts>
        <span>
          <Time at={at} />
        </span>
        {attempts.length > 0 && <span>{words.attempts(attempts.length)}</span>}
        {nextAt !== null && attempts.length > 0 && (
          <span>
            {words.next} <Time at={nextAt} as="clock" />
          </span>
        )}
      </LineFacts>
      {attempts.length > 0 && (
        <ol>
          {attempts.map((one) => (
            <li key={one.at}>
              <Time at={one.at} as="clock" /> {words.attempt(one.status, one.error, one.durationMs)}
            </li>
          ))}
        </ol>
      )}
      <details>
        <summary>{words.body}</summary>
        <p className={css.key}>
          <code>{event}</code>
        </p>
        <p className={css.key}>
          <code>{body}</code>
        </p>
      </details>
      <div className={own.buttons}>
        <Button size="small" busy={busy} label={words.resendOf(event)} onPress={onResend}>
          {words.resend}
        </Button>
        <Button size="small" busy={busy} label={words.replayOf(event)} onPress={onReplay}>
          {words.replay}
        </Button>
      </div>
    </Line>
  );
}
