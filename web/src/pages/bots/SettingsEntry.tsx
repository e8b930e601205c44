import { List } from "lucide-react";
import type { Json } from "../../config/json";
import type { Path } from "../../config/schema";
import { summaryOf } from "../../config/summary";
import { Button } from "../../parts/Button";
import { cx } from "../../parts/cx";
import { settings as words } from "../../texts/config";
import type { Desk } from "./settingDesk";
import css from "./Settings.module.css";

/** In the order in which they stand. */
export const entryButtons = ["open", "up", "down"] as const;

export type EntryButton = (typeof entryButtons)[number];

interface Props {
  desk: Desk;
  entry: Json;
  /** Of the list. */
  list: Path;
  at: number;
  isOurs: boolean;
  isLast: boolean;
  /** Why it cannot be removed. */
  stays: string | null;
  onMove: (to: number, button: EntryButton) => void;
  onRemove: () => void;
}

/** An entry of a list: what it is, and where it goes. */
export function SettingsEntry({ desk, entry, list, at, isOurs, isLast, stays, onMove, onRemove }: Props) {
  const path = [...list, at];
  const name = words.entry(at + 1, summaryOf(entry, path));
  const locked = desk.isLocked ? words.locked : null;
  return (
    <li className={css.entry}>
      <button type="button" className={css.groupRow} onClick={() => desk.toGroup(path)}>
        <List aria-hidden="true" />
        <span className={cx(css.name, "link")}>{name}</span>
      </button>
      {!isOurs && (
        <div className={css.actions}>
          <Button size="small" label={`${words.up}: ${name}`} why={locked ?? (at === 0 ? words.isFirst : null)} onPress={() => onMove(at - 1, "up")}>
            {words.up}
          </Button>
          <Button size="small" label={`${words.down}: ${name}`} why={locked ?? (isLast ? words.isLast : null)} onPress={() => onMove(at + 1, "down")}>
            {words.down}
          </Button>
          <Button size="small" label={words.removeThing(name)} why={locked ?? stays} onPress={onRemove}>
            {words.remove}
          </Button>
        </div>
      )}
    </li>
  );
}
