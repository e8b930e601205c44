import { useNavigate } from "@tanstack/react-router";
import { Ellipsis, ExternalLink, FlaskConical, Pencil, Pause, Play, RotateCw } from "lucide-react";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { useCapabilities } from "../../api/account";
import { may, useVerb, whyNot } from "../../api/bots";
import type { ActionName, Deployment } from "../../api/types";
import { Button, IconButton } from "../../parts/Button";
import { Row } from "../../parts/Layout";
import { Menu, MenuItem } from "../../parts/Menu";
import { ProblemCard } from "../../parts/States";
import { useSingleKey, useSingleKeys } from "../../shell/keys";
import { bot as words } from "../../texts/bots";
import { en } from "../../texts/en";
import { rehearsal } from "../../texts/rehearsal";
import css from "./BotActions.module.css";
import { OpenBot } from "./OpenBot";
import { PayButton } from "./PayButton";
import { Rename } from "./Rename";

const Rehearse = lazy(() => import("./Rehearse").then((module) => ({ default: module.Rehearse })));

type Asked = "restart" | "suspend" | "resume" | "retry";

/** What can be done with the bot as it is now; what cannot says why. */
export function BotActions({ bot }: { bot: Deployment }) {
  const navigate = useNavigate();
  const hasKeys = useSingleKeys();
  const [shown, setShown] = useState<"open" | "rename" | "break" | null>(null);
  const toSteps = (op: string) => void navigate({ to: "/bots/$id/operations/$op", params: { id: bot.id, op } });
  const acts = {
    restart: useVerb(bot.id, "restart", toSteps),
    suspend: useVerb(bot.id, "suspend", toSteps),
    resume: useVerb(bot.id, "resume", toSteps),
    retry: useVerb(bot.id, "retry", toSteps),
  };
  const why = (action: ActionName) => whyNot(bot, action, en.notAllowed);
  const item = (action: Asked, icon: ReactNode) => (
    <MenuItem icon={icon} why={why(action)} onPress={() => acts[action].press()}>
      {words[action]}
    </MenuItem>
  );
  const faults = useCapabilities().data?.rehearsals ?? [];
  const whyUnbroken = why("rehearse");
  useSingleKey("b", faults.length > 0 && whyUnbroken === null ? () => setShown("break") : null);
  const failed = Object.values(acts).find((act) => act.problem !== null);
  return (
    <>
      <Row>
        {may(bot, "pay") ? (
          <PayButton id={bot.id} />
        ) : may(bot, "retry") ? (
          <Button busy={acts.retry.busy} onPress={() => acts.retry.press()}>
            {words.retry}
          </Button>
        ) : may(bot, "resume") ? (
          <Button kind="primary" busy={acts.resume.busy} onPress={() => acts.resume.press()}>
            {words.resume}
          </Button>
        ) : (
          <Button kind="primary" icon={<ExternalLink />} why={why("openBot")} onPress={() => setShown("open")}>
            {words.open}
          </Button>
        )}
        <Menu opener={(target) => <IconButton label={en.actions} icon={<Ellipsis />} popoverTarget={target} />}>
          {item("restart", <RotateCw />)}
          {bot.status === "suspended" ? item("resume", <Play />) : item("suspend", <Pause />)}
          <MenuItem icon={<Pencil />} why={why("rename")} onPress={() => setShown("rename")}>
            {words.rename}
          </MenuItem>
          {faults.length > 0 && (
            <MenuItem icon={<FlaskConical />} why={whyUnbroken} hint={hasKeys ? rehearsal.key : undefined} onPress={() => setShown("break")}>
              {rehearsal.item}
            </MenuItem>
          )}
        </Menu>
      </Row>
      {failed?.problem && (
        <div className={css.problem}>
          <ProblemCard problem={failed.problem} onAgain={failed.again} />
        </div>
      )}
      {shown === "open" && <OpenBot bot={bot} onClose={() => setShown(null)} />}
      {shown === "break" && (
        <Suspense>
          <Rehearse bot={bot} faults={faults} onClose={() => setShown(null)} />
        </Suspense>
      )}
      {shown === "rename" && <Rename bot={bot} onClose={() => setShown(null)} />}
    </>
  );
}
