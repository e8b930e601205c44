import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useMe } from "../../api/account";
import { useCloseAccount, useClosing, useKeepAccount } from "../../api/closing";
import type { Closing } from "../../api/types";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { Card, Row } from "../../parts/Layout";
import { ActProblem, Loaded, Skeleton } from "../../parts/States";
import { Time } from "../../parts/Time";
import { toast } from "../../parts/Toast";
import { closing as words } from "../../texts/security";

/** The way out: what goes and what stays is read before anything is pressed, and two weeks are left to come back. */
export function CloseAccount() {
  const { data: me } = useMe();
  const [asks, setAsks] = useState(false);
  return (
    <Card title={words.title}>
      {me?.closesAt ? (
        <Asked closesAt={me.closesAt} />
      ) : (
        <div className="stack">
          <p>{words.text}</p>
          <Row>
            <Button onPress={() => setAsks(true)}>{words.open}</Button>
          </Row>
        </div>
      )}
      {asks && <Ask onClose={() => setAsks(false)} />}
    </Card>
  );
}

function Asked({ closesAt }: { closesAt: string }) {
  const keep = useKeepAccount(() => toast(words.kept));
  return (
    <div className="stack">
      <p>{words.asked(closesAt)}</p>
      <ActProblem act={keep} />
      <Row>
        <Button kind="primary" busy={keep.busy} onPress={() => keep.press()}>
          {words.keep}
        </Button>
      </Row>
      <Loaded query={useClosing()} skeleton={<Skeleton lines={2} height={20} />}>
        {({ bots }) => (bots.length === 0 ? <p>{words.noBotsLeft}</p> : <Bots title={words.botsLeft} bots={bots} />)}
      </Loaded>
    </div>
  );
}

function Ask({ onClose }: { onClose: () => void }) {
  const query = useClosing();
  const act = useCloseAccount(() => {
    toast(words.done);
    onClose();
  });
  return (
    <Dialog
      title={words.dialog}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{words.stay}</Button>
          <Button kind="danger" busy={act.busy} why={query.data ? undefined : words.reading} onPress={() => act.press()}>
            {words.go}
          </Button>
        </>
      }
    >
      <Loaded query={query} skeleton={<Skeleton lines={6} height={20} />}>
        {(all) => <Reckoning all={all} />}
      </Loaded>
      <ActProblem act={act} />
    </Dialog>
  );
}

/** What goes, when, and what does not. */
const Reckoning = ({ all }: { all: Closing }) => (
  <div className="stack">
    {all.bots.length > 0 && <Bots title={words.bots(all.bots.length)} bots={all.bots} />}
    <h3>{words.later(all.closesAt)}</h3>
    <ul className="bullets">
      {words.goes(all).map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
    <h3>{words.keptTitle}</h3>
    <ul className="bullets">
      {all.kept.map(({ what, why }) => (
        <li key={what}>
          {what} {why}
        </li>
      ))}
    </ul>
  </div>
);

const Bots = ({ title, bots }: { title: string; bots: Closing["bots"] }) => (
  <>
    <h3>{title}</h3>
    <ul className="bullets">
      {bots.map(({ id, name, undoUntil }) => (
        <li key={id}>
          <Link to="/bots/$id" params={{ id }}>
            {name}
          </Link>
          {undoUntil && (
            <>
              {" "}
              {words.undo} <Time at={undoUntil} />
            </>
          )}
        </li>
      ))}
    </ul>
  </>
);
