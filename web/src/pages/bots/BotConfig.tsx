import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useBot, useBotId, whyNot } from "../../api/bots";
import { type Seen, useApply, useConfig, usePreview, useSave } from "../../api/config";
import { mayHelp, type Problem } from "../../api/problems";
import type { Deployment } from "../../api/types";
import { changes, patchBetween, settingsIn, shown } from "../../config/patch";
import type { Path } from "../../config/schema";
import { Button } from "../../parts/Button";
import { Curl } from "../../parts/Curl";
import { errorOf, Field } from "../../parts/Field";
import { Card, Stack } from "../../parts/Layout";
import { PlanPanel } from "../../parts/PlanPanel";
import { Segments } from "../../parts/Segments";
import { Loaded, ProblemCard, Skeleton } from "../../parts/States";
import { config as words } from "../../texts/config";
import { en } from "../../texts/en";
import { AllSettings } from "./AllSettings";
import css from "./BotConfig.module.css";
import { ConfigConflict } from "./ConfigConflict";
import { ConfigForm } from "./ConfigForm";
import { ConfigJson } from "./ConfigJson";
import { Followed } from "./Followed";
import { useConfigDraft } from "./useConfigDraft";
import { useSettingsPlace } from "./useSettingsPlace";

/** How the bot is set up: looked at first, then changed, and never lost. */
export function BotConfig() {
  const id = useBotId();
  const { data: bot } = useBot(id);
  const query = useConfig(id);
  if (!bot) return null;
  return (
    <Loaded query={query} skeleton={<Skeleton lines={5} height={72} />}>
      {(seen) => <Editing key={id} bot={bot} seen={seen} />}
    </Loaded>
  );
}

const ours = ["model", "instructions", "telegram", "telegramToken", "why"];

/** What is said at its field is not said twice. A place of the config has none while there is no JSON to be seen. */
const isElsewhere = ({ kind, field }: Problem, hasJson: boolean) =>
  kind !== "invalid" || field === null || !(ours.includes(field) || (hasJson && field.startsWith("config")));

function Editing({ bot, seen }: { bot: Deployment; seen: Seen }) {
  const { id } = bot;
  const { view = "both", plan: planned } = useSearch({ from: "/signed-in/bots/$id/config" });
  const navigate = useNavigate({ from: "/bots/$id/config" });
  const form = useConfigDraft(id, settingsIn(seen, bot.plan));
  const [token, setToken] = useState("");
  const [begun, setBegun] = useState<string | null>(null);
  const [plannedOf, setPlannedOf] = useState<string | null>(null);
  const [goTo, setGoTo] = useState<Path | null>(null);
  const place = useSettingsPlace();
  const toPlan = (plan: string | null) =>
    void navigate({ search: ({ plan: _before, ...rest }) => (plan === null ? rest : { ...rest, plan }), replace: true, resetScroll: false });

  const toView = (next: typeof view) => void navigate({ search: (before) => ({ ...before, view: next }), replace: true, resetScroll: false });
  const toJson = (path: Path) => {
    setGoTo(path);
    if (view === "form") toView("json");
  };

  const { draft, mine, was } = form;
  const patch = mine ? patchBetween(was, mine, token, draft.why) : {};
  const count = changes(patch);
  const begin = (operation: string) => {
    setBegun(operation);
    setToken("");
    toPlan(null);
  };
  const save = useSave(id, begin);
  const apply = useApply(id, begin);
  const preview = usePreview(id, (operation) => {
    setBegun(null);
    setPlannedOf(JSON.stringify(patch));
    toPlan(operation);
  });

  const problem = save.problem ?? preview.problem;
  const why =
    mine === null ? words.mend
    : form.conflicts.length > 0 ? words.compare
    : count === 0 ? words.nothing
    : whyNot(bot, "change", en.notAllowed);
  const asked = { patch, tag: seen.tag };
  useUnsaved(token !== "");

  return (
    <Stack>
      <div className={css.head}>
        <p>
          {words.based(seen.config.version)} {words.kept}
        </p>
        <Segments label={words.view} value={view} options={words.views} onChoose={toView} />
      </div>
      {form.conflicts.length > 0 && <ConfigConflict conflicts={form.conflicts} onTake={form.take} />}
      {form.wasMerged && <p className={css.note} role="status">{words.merged}</p>}
      {form.isUnread && <p className={css.note} role="status">{words.unread}</p>}
      <div className={view === "both" ? css.both : css.one}>
        {view !== "json" && (
          <Stack>
            <ConfigForm {...{ form, token, setToken, problem }} hasToken={seen.config.secrets.some((one) => one.startsWith("telegram-token"))} />
            <AllSettings bot={id} version={bot.activeVersion} {...{ form, place, problem, toJson }} />
          </Stack>
        )}
        {view !== "form" && (
          <ConfigJson
            bot={id}
            version={bot.activeVersion}
            value={draft.config}
            onType={(config) => form.type({ config })}
            {...{ problem, goTo }}
            onWent={() => setGoTo(null)}
          />
        )}
      </div>
      <Card>
        <form
          className={css.send}
          onSubmit={(event) => {
            event.preventDefault();
            if (why !== null || patch.telegramToken !== undefined) return;
            save.clear();
            preview.press(asked);
          }}
        >
          <Field
            label={words.why}
            hint={words.whyHint}
            optional
            maxLength={200}
            value={draft.why}
            onType={(text) => form.type({ why: text })}
            error={errorOf(problem, "why")}
          />
          {problem && isElsewhere(problem, view !== "form") && (
            <ProblemCard
              problem={problem}
              onAgain={mayHelp(problem) ? (save.problem ? save : preview).again : undefined}
            />
          )}
          <div className={css.bar}>
            <span className={css.count} role="status">
              {form.dropped ? words.discarded : count > 0 ? words.count(count) : ""}{" "}
              {form.dropped && (
                <Button size="small" onPress={form.takeBack}>
                  {en.undo}
                </Button>
              )}
            </span>
            {form.isDirty && (
              <Button kind="quiet" onPress={form.drop}>
                {words.discard}
              </Button>
            )}
            <Button busy={save.busy} why={why} onPress={() => { preview.clear(); save.press(asked); }}>
              {words.save}
            </Button>
            <Button kind="primary" type="submit" busy={preview.busy} why={why ?? (patch.telegramToken === undefined ? null : words.noToken)}>
              {words.preview}
            </Button>
          </div>
          <Curl method="PATCH" path={`/deployments/${id}/config`} headers={{ "If-Match": seen.tag }} body={shown(patch)} />
        </form>
      </Card>
      {planned !== undefined && (
        <PlanPanel
          bot={id}
          operation={planned}
          active={bot.activeVersion}
          stale={plannedOf !== null && plannedOf !== JSON.stringify(patch)}
          why={whyNot(bot, "change", en.notAllowed)}
          apply={apply}
          onDrop={() => toPlan(null)}
          failed={<Followed id={planned} going="" done="" />}
        />
      )}
      {begun !== null && <Followed id={begun} going={words.going} done={words.applied(bot.activeVersion)} />}
    </Stack>
  );
}

/** A token that is typed is kept nowhere: whoever leaves the window is asked. */
function useUnsaved(unsaved: boolean) {
  useEffect(() => {
    if (!unsaved) return undefined;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [unsaved]);
}
