import { Link } from "@tanstack/react-router";
import { BellRing } from "lucide-react";
import { useState } from "react";
import { clock } from "../../api/clock";
import { type Runbook as RunbookPage, type StaffAlert, useAcknowledge, useAlerts, useSilence } from "../../api/staff";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { Choice } from "../../parts/Field";
import { Card, Page } from "../../parts/Layout";
import { Empty, Loaded, ProblemCard, Skeleton } from "../../parts/States";
import { StatusShape } from "../../parts/Status";
import { Time } from "../../parts/Time";
import { useNow } from "../../parts/useNow";
import { ops, opsAlerts as words } from "../../texts/ops";
import css from "./Ops.module.css";
import { Runbook } from "./Runbook";

const rank = (alert: StaffAlert) => (alert.acknowledgedAt === null && alert.silencedUntil === null ? 0 : 1);

/** What waits for a person, with what to do. Those that nobody is at come first. */
export function Alerts() {
  const query = useAlerts();
  return (
    <Page title={words.title}>
      <Loaded query={query} skeleton={<Skeleton lines={3} height={96} />}>
        {({ pages }) => {
          const all = pages.flatMap((page) => page.alerts).toSorted((a, b) => rank(a) - rank(b));
          const runbooks = new Map(pages.flatMap((page) => page.runbooks).map((one) => [one.name, one]));
          if (all.length === 0)
            return (
              <Card>
                <Empty icon={<BellRing />} {...words.empty} />
              </Card>
            );
          return (
            <Card title={words.list} actions={<span className={css.quiet}>{words.open(all.length, query.hasNextPage)}</span>} flush>
              <ul className={css.rows}>
                {all.map((alert) => (
                  <li key={alert.id}>
                    <Alert alert={alert} runbook={runbooks.get(alert.runbook)} />
                  </li>
                ))}
              </ul>
              {query.hasNextPage && (
                <footer className={css.foot}>
                  <Button size="small" busy={query.isFetchingNextPage} onPress={() => void query.fetchNextPage()}>
                    {ops.loadMore}
                  </Button>
                </footer>
              )}
            </Card>
          );
        }}
      </Loaded>
    </Page>
  );
}

function Alert({ alert, runbook }: { alert: StaffAlert; runbook: RunbookPage | undefined }) {
  const [silencing, setSilencing] = useState(false);
  const acknowledge = useAcknowledge(alert.id);
  const unsilence = useSilence(alert.id);
  const attended = rank(alert) === 1;
  const problem = acknowledge.problem ?? unsilence.problem;
  return (
    <div className={css.line}>
      <StatusShape tone={attended ? "warn" : "bad"} size={18} />
      <div className={css.text}>
        <span className={css.title}>
          {words.kinds[alert.kind]}
          {!attended && <span className={`${css.word} ${css.wordbad}`}>{words.unattended}</span>}
        </span>
        <p className={css.said}>{alert.reason}</p>
        <span className={css.details}>
          <Time at={alert.since} />
          {alert.deployment === null ? (
            alert.vm === null && <code>{alert.subject}</code>
          ) : (
            <Link to="/ops/audit" search={{ q: alert.deployment }}>
              {words.record}
            </Link>
          )}
          {alert.vm !== null && (
            <Link to="/ops/vms/$vm" params={{ vm: alert.vm }}>
              {words.machine} {alert.vm}
            </Link>
          )}
          {alert.acknowledgedAt !== null && (
            <span>
              {words.by} {alert.acknowledgedBy ?? ops.nobody} <Time at={alert.acknowledgedAt} />
            </span>
          )}
          {alert.silencedUntil !== null && (
            <span>
              {words.silencedUntil} {words.moment(Date.parse(alert.silencedUntil))}
            </span>
          )}
        </span>
        {runbook ? <Runbook page={runbook} /> : <span className={css.details}>{words.noRunbook(alert.runbook)}</span>}
        {problem && <ProblemCard problem={problem} />}
      </div>
      <div className={css.buttons}>
        {alert.acknowledgedAt === null && (
          <Button size="small" busy={acknowledge.busy} label={`${words.acknowledge}: ${words.kinds[alert.kind]}, ${alert.subject}`} onPress={() => acknowledge.press()}>
            {words.acknowledge}
          </Button>
        )}
        {alert.silencedUntil === null ? (
          <Button size="small" label={`${words.silence}: ${words.kinds[alert.kind]}, ${alert.subject}`} onPress={() => setSilencing(true)}>
            {words.silence}
          </Button>
        ) : (
          <Button size="small" busy={unsilence.busy} label={`${words.unsilence}: ${words.kinds[alert.kind]}, ${alert.subject}`} onPress={() => unsilence.press(null)}>
            {words.unsilence}
          </Button>
        )}
      </div>
      {silencing && <Silence alert={alert} onClose={() => setSilencing(false)} />}
    </div>
  );
}

const hour = 3_600_000;

function Silence({ alert, onClose }: { alert: StaffAlert; onClose: () => void }) {
  const now = useNow(60_000);
  const [hours, setHours] = useState("8");
  const silence = useSilence(alert.id, onClose);
  // A minute less than said, so that the longest is within what the server takes whatever the way there lasted.
  const until = () => new Date(clock.now() + Number(hours) * hour - 60_000).toISOString();
  return (
    <Dialog
      title={words.silenceTitle(words.kinds[alert.kind])}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{words.keep}</Button>
          <Button kind="primary" busy={silence.busy} onPress={() => silence.press(until())}>
            {words.silenceGo}
          </Button>
        </>
      }
    >
      <div className="stack">
        <p>{words.silenceText}</p>
        <Choice
          legend={words.silenceFor}
          value={hours}
          options={Object.entries(words.hours).map(([value, title]) => ({ value, title, aside: words.moment(now + Number(value) * hour) }))}
          onChoose={setHours}
        />
        {silence.problem && <ProblemCard problem={silence.problem} onAgain={silence.again} />}
      </div>
    </Dialog>
  );
}
