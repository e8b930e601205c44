import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useCapabilities } from "../../api/account";
import { useBot, useBotId, useDelete, useEject, useVerb, whyNot } from "../../api/bots";
import type { Deployment } from "../../api/types";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { Card, Row, Stack } from "../../parts/Layout";
import { ProblemCard } from "../../parts/States";
import { toast } from "../../parts/Toast";
import { danger as words, bot as botWords } from "../../texts/bots";
import { en } from "../../texts/en";

/** What stops a bot, takes it along, or ends it: each with what it costs. */
export function Danger() {
  const { data: bot } = useBot(useBotId());
  if (!bot) return null;
  return (
    <Stack>
      <Suspend bot={bot} />
      <Eject bot={bot} />
      <Delete bot={bot} />
    </Stack>
  );
}

function Suspend({ bot }: { bot: Deployment }) {
  const stopped = bot.status === "suspended";
  const act = useVerb(bot.id, stopped ? "resume" : "suspend");
  return (
    <Card title={words.suspendTitle}>
      <div className="stack">
        <p>{stopped ? words.suspendedText : words.suspendText}</p>
        {act.problem && <ProblemCard problem={act.problem} onAgain={act.again} />}
        <Row>
          <Button busy={act.busy} why={whyNot(bot, stopped ? "resume" : "suspend", en.notAllowed)} onPress={() => act.press()}>
            {stopped ? botWords.resume : botWords.suspend}
          </Button>
        </Row>
      </div>
    </Card>
  );
}

function Eject({ bot }: { bot: Deployment }) {
  const act = useEject(bot.id, () => toast(words.ejected));
  return (
    <Card title={words.ejectTitle}>
      <div className="stack">
        <p>{words.ejectText}</p>
        {act.problem && <ProblemCard problem={act.problem} onAgain={act.again} />}
        <Row>
          <Button busy={act.busy} why={whyNot(bot, "eject", en.notAllowed)} onPress={() => act.press()}>
            {words.eject}
          </Button>
        </Row>
      </div>
    </Card>
  );
}

function Delete({ bot }: { bot: Deployment }) {
  const capabilities = useCapabilities();
  const [asks, setAsks] = useState(false);
  const act = useDelete(bot.id, () => setAsks(false));
  const why = whyNot(bot, "delete", en.notAllowed);
  if (bot.status === "terminated") {
    return (
      <Card title={words.deleteTitle}>
        <p>
          {words.deleted}{" "}
          {bot.lastOperation && (
            <Link to="/bots/$id/operations/$op" params={{ id: bot.id, op: bot.lastOperation }}>
              {words.certificate}
            </Link>
          )}
        </p>
      </Card>
    );
  }
  return (
    <Card title={words.deleteTitle}>
      <div className="stack">
        <p>{words.deleteText(bot.name, capabilities.data?.undoSeconds)}</p>
        <h3>{words.deleteLostTitle}</h3>
        <ul className="bullets">
          {words.deleteLost.map((lost) => (
            <li key={lost}>{lost}</li>
          ))}
        </ul>
        {act.problem && !asks && <ProblemCard problem={act.problem} onAgain={act.again} />}
        <Row>
          <Button kind="danger" busy={act.busy} why={why} onPress={() => act.press({ atOnce: false })}>
            {words.delete(bot.name)}
          </Button>
          <Button kind="quiet" why={why} onPress={() => setAsks(true)}>
            {words.atOnce}
          </Button>
        </Row>
      </div>
      {asks && (
        <Dialog
          title={words.atOnceTitle(bot.name)}
          onClose={() => setAsks(false)}
          actions={
            <>
              <Button onPress={() => setAsks(false)}>{words.keep}</Button>
              <Button kind="danger" busy={act.busy} onPress={() => act.press({ atOnce: true })}>
                {words.atOnceGo}
              </Button>
            </>
          }
        >
          <p>{words.atOnceText}</p>
          {act.problem && <ProblemCard problem={act.problem} onAgain={act.again} />}
        </Dialog>
      )}
    </Card>
  );
}
