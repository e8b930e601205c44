import { useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { opens } from "../../config/control";
import { find, ownSettingsOf, settingsOf } from "../../config/find";
import { ownPlacesIn, type Setting, settingAt } from "../../config/settings";
import type { Path, Schema } from "../../config/schema";
import { Button } from "../../parts/Button";
import { settings as words } from "../../texts/config";
import { en } from "../../texts/en";
import { GroupRow } from "./GroupTile";
import type { Desk } from "./settingDesk";
import { SettingRow } from "./SettingRow";
import css from "./Settings.module.css";

const shownAtOnce = 40;

interface Props {
  desk: Desk;
  query: string;
  onClear: () => void;
}

/** What has all the words that were typed, the best first. */
export function SettingsFound({ desk, query, onClear }: Props) {
  const all = useSettings(desk);
  const wanted = useDeferredValue(query);
  const found = useMemo(() => find(all ?? [], wanted), [all, wanted]);
  const [more, setMore] = useState({ query, pages: 1 });
  const limit = shownAtOnce * (more.query === wanted ? more.pages : 1);
  const shown = found.slice(0, limit);
  const list = useRef<HTMLUListElement>(null);
  const next = () => {
    setMore({ query: wanted, pages: limit / shownAtOnce + 1 });
    // The button may go with the last of them, so what came is gone to.
    requestAnimationFrame(() => list.current?.children[limit]?.querySelector<HTMLElement>("summary, button")?.focus());
  };
  return (
    <section className={css.part}>
      <p className={css.count} role="status">
        {all === null ? words.collecting : found.length === 0 ? words.nothing : words.found(shown.length, found.length)}
      </p>
      {all !== null && found.length === 0 && (
        <div className={css.nothing}>
          <p>{words.nothingHint}</p>
          <Button size="small" onPress={onClear}>
            {words.clear}
          </Button>
        </div>
      )}
      <ul ref={list} className={css.rows}>
        {shown.map((setting) =>
          opens(setting.control) ? (
            <GroupRow key={setting.id} desk={desk} setting={setting} />
          ) : (
            <SettingRow key={setting.id} desk={desk} path={setting.path} setting={setting} />
          ),
        )}
      </ul>
      {found.length > limit && (
        <div>
          <Button size="small" onPress={next}>
            {en.more}
          </Button>
        </div>
      )}
    </section>
  );
}

/** The release's, and those under names of one's own; null while they are collected. */
function useSettings({ schema, config }: Desk): readonly Setting[] | null {
  const [all, setAll] = useState<{ of: Schema; settings: readonly Setting[] } | null>(null);
  useEffect(() => {
    let isWanted = true;
    void settingsOf(schema).then((settings) => {
      if (isWanted) setAll({ of: schema, settings });
    });
    return () => {
      isWanted = false;
    };
  }, [schema]);
  // What is set under a name changes nothing of what can be.
  const names = JSON.stringify(ownPlacesIn(schema, config).map(({ path }) => path));
  const own = useMemo(
    () => ownSettingsOf(schema, (JSON.parse(names) as Path[]).map((path) => settingAt(schema, path)).filter((one) => one !== null)),
    [schema, names],
  );
  const settings = all?.of === schema ? all.settings : null;
  return useMemo(() => settings && [...settings, ...own], [settings, own]);
}
