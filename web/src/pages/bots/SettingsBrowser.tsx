import { useEffect, useMemo, useRef } from "react";
import type { Problem } from "../../api/problems";
import { levelAt } from "../../config/level";
import { idOf, type Path, type Schema } from "../../config/schema";
import { setIn } from "../../config/settings";
import { Button } from "../../parts/Button";
import { Field } from "../../parts/Field";
import { settings as words } from "../../texts/config";
import { en } from "../../texts/en";
import css from "./Settings.module.css";
import { SettingsFound } from "./SettingsFound";
import { SettingsGroup } from "./SettingsGroup";
import { SettingsTop } from "./SettingsTop";
import type { ConfigDraft } from "./useConfigDraft";
import { useDesk } from "./useDesk";
import type { SettingsPlace } from "./useSettingsPlace";

export interface BrowserProps {
  bot: string;
  schema: Schema;
  form: ConfigDraft;
  place: SettingsPlace;
  /** The level that is open. */
  at: Path;
  toJson: (path: Path) => void;
  problem: Problem | null;
}

/** The release's settings, to be looked for or gone through. What is set goes into the text of the editor, which is all that there is of it. */
export function SettingsBrowser({ at, place: { query, go, search }, ...props }: BrowserProps) {
  const here = idOf(at);
  const heading = useRef<HTMLHeadingElement>(null);
  const wanted = useRef<string | null>(null);
  const shown = useRef(here);
  const toGroup = (path: Path, instead = false) => {
    wanted.current = idOf(path);
    go(path, instead);
  };
  const { desk, removed, gone } = useDesk({ ...props, toGroup });
  useEffect(() => {
    const isWanted = wanted.current === here;
    // What had the focus went with the level that the browser came back from.
    const isLost = shown.current !== here && document.activeElement === document.body;
    if (isWanted || isLost) heading.current?.focus();
    if (isWanted) wanted.current = null;
    shown.current = here;
  });

  const { schema, config } = desk;
  const set = useMemo(() => setIn(schema, config), [schema, config]);
  const group = useMemo(() => levelAt(schema, config, at), [schema, config, at]);
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
          onType={search}
        />
        <div role="status">{desk.isLocked && <p className={css.locked}>{words.locked}</p>}</div>
      </div>
      <div>
        {query.trim() !== "" ? (
          <SettingsFound desk={desk} query={query} onClear={() => search("")} />
        ) : group === null ? (
          <SettingsTop {...{ desk, set, removed, heading }} />
        ) : (
          <SettingsGroup key={group.id} {...{ desk, group, set, removed, heading }} />
        )}
        <div role="status">
          {gone && (
            <div className={css.gone}>
              <p>{words.gone(gone.id)}</p>
              <Button
                size="small"
                label={words.putBack(gone.id)}
                onPress={() => {
                  // The button goes with what it brings back.
                  heading.current?.focus();
                  gone.putBack();
                }}
              >
                {en.undo}
              </Button>
            </div>
          )}
        </div>
      </div>
    </div>
  );
}
