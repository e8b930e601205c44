import { lazy, startTransition, Suspense, useEffect, useMemo, useState } from "react";
import { useConfigSchema } from "../../api/config";
import type { Problem } from "../../api/problems";
import { nullsIn, read } from "../../config/json";
import { aboutOf, idOf, type Path, pathOf, type Schema } from "../../config/schema";
import { mayHoldSecret } from "../../config/secretish";
import { errorOf } from "../../parts/Field";
import editorCss from "../../parts/JsonEditor.module.css";
import { Card } from "../../parts/Layout";
import { StatusShape } from "../../parts/Status";
import { config as words } from "../../texts/config";
import css from "./BotConfig.module.css";

const JsonEditor = lazy(() => import("../../parts/JsonEditor").then((module) => ({ default: module.JsonEditor })));

interface Props {
  bot: string;
  /** The one that runs; null for none. */
  version: number | null;
  value: string;
  onType: (value: string) => void;
  problem: Problem | null;
  /** A place that the cursor shall stand at. */
  goTo: Path | null;
  onWent: () => void;
}

/** The bot's own config. The editor is large, so the form stands there first. */
export function ConfigJson({ bot, version, value, onType, problem, goTo, onWent }: Props) {
  const [painted, setPainted] = useState(false);
  const [place, setPlace] = useState<Path>([]);
  const { data: schema = null } = useConfigSchema(bot, version, painted);
  useEffect(() => {
    const frame = requestAnimationFrame(() => startTransition(() => setPainted(true)));
    return () => cancelAnimationFrame(frame);
  }, []);
  const field = problem?.field;
  const said = field?.split(".")[0] === "config" ? errorOf(problem, field) : null;
  const wrong = useMemo(() => (said === null ? null : { path: pathOf(field ?? "").slice(1), message: said }), [field, said]);
  const typed = read(value);
  const nulls = typed.ok ? nullsIn(typed.value) : [];
  const fault = !typed.ok ? words.jsonFault(typed.message) : said !== null ? `${field}: ${said}` : nulls.length > 0 ? words.nulls(nulls) : null;
  const waiting = (
    <pre className={editorCss.waiting} aria-hidden="true">
      {value}
    </pre>
  );
  return (
    <Card title={words.json}>
      <div className={css.json}>
        {painted ? (
          <Suspense fallback={waiting}>
            <JsonEditor label={words.json} onPlace={setPlace} {...{ value, onType, wrong, schema, goTo, onWent }} />
          </Suspense>
        ) : (
          waiting
        )}
        {schema !== null && <PlaceHelp schema={schema} place={place} />}
        <div role="status">
          {fault !== null && (
            <p className={css.fault}>
              <StatusShape tone={said !== null || !typed.ok ? "bad" : "warn"} />
              {fault}
            </p>
          )}
        </div>
        <p className={css.hint}>{mayHoldSecret(value) ? words.notKept : words.jsonHint}</p>
      </div>
    </Card>
  );
}

/** What stands where the cursor is. */
function PlaceHelp({ schema, place }: { schema: Schema; place: Path }) {
  const about = place.length === 0 ? null : aboutOf(schema, place);
  const path = idOf(place);
  if (about === null) return <p className={css.place}>{place.length === 0 ? words.placeNone : words.placeUnknown(path)}</p>;
  const takes = words.placeTakes(about.takes, about.values.map((value) => JSON.stringify(value)));
  return (
    <p className={css.place} aria-live="polite">
      <code>{path}</code> {about.title !== null && <strong>{words.placeTitle(about.title)}</strong>} {about.text} {takes}
    </p>
  );
}
