import { useEffect, useRef, useState } from "react";
import { tooFew, tooMany } from "../../config/control";
import { ownerOf } from "../../config/owned";
import { valueAt } from "../../config/place";
import type { Setting } from "../../config/settings";
import { Button } from "../../parts/Button";
import { settings as words } from "../../texts/config";
import { type Desk, faultText } from "./settingDesk";
import css from "./Settings.module.css";
import { type EntryButton, entryButtons, SettingsEntry } from "./SettingsEntry";

interface Props {
  desk: Desk;
  list: Setting;
}

/** A list whose entries have settings of their own, in its order. */
export function SettingsEntries({ desk, list: { path, id, control } }: Props) {
  const value = valueAt(desk.config, path);
  const entries = Array.isArray(value) ? value : [];
  const isOurs = ownerOf(path) !== null;
  const [few, many] = [tooFew(control, entries.length), tooMany(control, entries.length)];
  const [said, setSaid] = useState<string | null>(null);
  const rows = useRef<HTMLOListElement>(null);
  const add = useRef<HTMLDivElement>(null);
  const wanted = useRef<{ entry: number; button: EntryButton } | null>(null);
  useEffect(() => {
    if (wanted.current === null) return;
    const { entry, button } = wanted.current;
    const row = rows.current?.children[entry] ?? rows.current?.lastElementChild;
    (row?.querySelectorAll("button")[entryButtons.indexOf(button)] ?? add.current?.querySelector("button"))?.focus();
    wanted.current = null;
  });
  return (
    <>
      <p className={css.count} role="status">
        {said ?? (entries.length === 0 ? words.noEntries : words.entries(entries.length))}
      </p>
      <ol ref={rows} className={css.rows}>
        {entries.map((entry, at) => (
          <SettingsEntry
            key={at}
            {...{ desk, entry, at, isOurs }}
            list={path}
            isLast={at === entries.length - 1}
            stays={few && faultText(few)}
            onMove={(to, button) => {
              // The button goes with its entry, and the focus with the button.
              wanted.current = { entry: to, button };
              setSaid(words.moved(to + 1, entries.length));
              desk.move(path, at, to);
            }}
            onRemove={() => {
              wanted.current = { entry: at, button: "open" };
              setSaid(null);
              desk.takeOut([...path, at]);
            }}
          />
        ))}
      </ol>
      {!isOurs && (
        <div ref={add} className={css.actions}>
          <Button size="small" why={many && faultText(many)} onPress={() => desk.toGroup([...path, entries.length])}>
            {words.addEntry}
          </Button>
          <Button size="small" label={words.toJsonThing(id)} onPress={() => desk.toJson(path)}>
            {words.toJson}
          </Button>
        </div>
      )}
    </>
  );
}
