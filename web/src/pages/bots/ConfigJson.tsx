import { lazy, startTransition, Suspense, useEffect, useMemo, useState } from "react";
import type { Problem } from "../../api/problems";
import { nullsIn, read } from "../../config/json";
import { mayHoldSecret } from "../../config/secretish";
import { errorOf } from "../../parts/Field";
import editorCss from "../../parts/JsonEditor.module.css";
import { Card } from "../../parts/Layout";
import { StatusShape } from "../../parts/Status";
import { config as words } from "../../texts/config";
import css from "./BotConfig.module.css";

const JsonEditor = lazy(() => import("../../parts/JsonEditor").then((module) => ({ default: module.JsonEditor })));

interface Props {
  value: string;
  onType: (value: string) => void;
  problem: Problem | null;
}

/** The bot's own config. The editor is large, so the form stands there first. */
export function ConfigJson({ value, onType, problem }: Props) {
  const [painted, setPainted] = useState(false);
  useEffect(() => {
    const frame = requestAnimationFrame(() => startTransition(() => setPainted(true)));
    return () => cancelAnimationFrame(frame);
  }, []);
  const field = problem?.field;
  const said = field?.split(".")[0] === "config" ? errorOf(problem, field) : null;
  const wrong = useMemo(() => (said === null ? null : { path: field?.split(".").slice(1) ?? [], message: said }), [field, said]);
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
            <JsonEditor label={words.json} value={value} onType={onType} wrong={wrong} />
          </Suspense>
        ) : (
          waiting
        )}
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
