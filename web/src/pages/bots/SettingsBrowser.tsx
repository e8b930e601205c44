import { useEffect, useMemo, useRef, useState } from "react";
import type { Problem } from "../../api/problems";
import { read, show } from "../../config/json";
import { without, withValue } from "../../config/place";
import type { Path, Schema } from "../../config/schema";
import { settingAt, setIn } from "../../config/settings";
import { Field } from "../../parts/Field";
import { settings as words } from "../../texts/config";
import type { Desk } from "./settingDesk";
import css from "./Settings.module.css";
import { SettingsFound } from "./SettingsFound";
import { SettingsGroup } from "./SettingsGroup";
import { SettingsTop } from "./SettingsTop";
import type { ConfigDraft } from "./useConfigDraft";

/** Where somebody is among the settings. */
export interface SettingsPlace {
  /** The group that is open; none for all of them. */
  at: readonly string[];
  query: string;
}

export interface BrowserProps {
  bot: string;
  schema: Schema;
  form: ConfigDraft;
  place: SettingsPlace;
  onPlace: (place: SettingsPlace) => void;
  toJson: (path: Path) => void;
  problem: Problem | null;
}

/** The release's settings, to be looked for or gone through. What is set goes into the text of the editor, which is all that there is of it. */
export function SettingsBrowser({ bot, schema, form, place, onPlace, toJson, problem }: BrowserProps) {
  const typed = useMemo(() => read(form.draft.config), [form.draft.config]);
  // While the text is none, what it said last is shown.
  const [config, setConfig] = useState(typed.ok ? typed.value : form.was.config);
  if (typed.ok && typed.value !== config) setConfig(typed.value);
  const [removed, setRemoved] = useState<ReadonlyMap<string, readonly string[]>>(new Map());
  const heading = useRef<HTMLHeadingElement>(null);
  const isMoved = useRef(false);
  const { at, query } = place;
  useEffect(() => {
    if (isMoved.current) heading.current?.focus();
    isMoved.current = false;
  });

  const desk: Desk = {
    bot, schema, config, problem, toJson,
    was: form.was.config,
    isLocked: !typed.ok,
    set: (path, value) => form.type({ config: show(withValue(config, path, value)) }),
    remove: (path) => {
      setRemoved((before) => new Map(before).set(path.join("."), path));
      form.type({ config: show(without(config, path, form.was.config)) });
    },
    toGroup: (path) => {
      isMoved.current = true;
      onPlace({ at: path, query: "" });
    },
  };
  const set = useMemo(() => setIn(schema, config), [schema, config]);
  const group = settingAt(schema, at);
  return (
    <div className={css.browser}>
      <div>
        <Field
          label={words.search}
          hint={words.searchHint}
          type="search"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          value={query}
          onType={(text) => onPlace({ at, query: text })}
        />
        <div role="status">{!typed.ok && <p className={css.locked}>{words.locked}</p>}</div>
      </div>
      {query.trim() !== "" ? (
        <SettingsFound desk={desk} query={query} onClear={() => onPlace({ at, query: "" })} />
      ) : at.length === 0 || group === null ? (
        <SettingsTop desk={desk} set={set} removed={removed} heading={heading} />
      ) : (
        <SettingsGroup desk={desk} group={group} set={set} heading={heading} />
      )}
    </div>
  );
}
