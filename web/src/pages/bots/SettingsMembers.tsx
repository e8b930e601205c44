import { useMemo } from "react";
import { opens } from "../../config/control";
import { isBelow, valueAt } from "../../config/place";
import type { Path } from "../../config/schema";
import { membersOf, nameOf, type Setting } from "../../config/settings";
import { GroupTile } from "./GroupTile";
import type { Desk } from "./settingDesk";
import { SettingRow } from "./SettingRow";
import css from "./Settings.module.css";
import type { Removed } from "./useDesk";

interface Props {
  desk: Desk;
  group: Setting;
  set: readonly Path[];
  removed?: Removed;
  /** Names that somebody went to, each with how often. */
  wanted?: ReadonlyMap<string, number>;
  /** There the groups are what people look for, by name, since nobody knows the release's order. */
  isTop?: boolean;
}

const none = new Map<string, never>();

/** What a group has: its own settings, and groups that are opened. */
export function SettingsMembers({ desk: { schema, config }, desk, group, set, removed = none, wanted = none, isTop = false }: Props) {
  const value = valueAt(config, group.path);
  const all = useMemo(() => {
    const left = [...removed.values()].filter((path) => path.length === group.path.length + 1 && isBelow(path, group.path)).map((path) => nameOf({ path }));
    return membersOf(schema, group, value, [...wanted.keys(), ...left]);
  }, [schema, group, value, removed, wanted]);
  const groups = all.filter(({ control }) => opens(control));
  const fields = all.filter(({ control }) => !opens(control));
  const shown = isTop ? groups.toSorted((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1)) : groups;
  const rows = fields.length > 0 && (
    <ul className={css.rows}>
      {fields.map((setting) => {
        const times = wanted.get(nameOf(setting)) ?? 0;
        return (
          <SettingRow key={`${setting.id} ${times}`} desk={desk} path={setting.path} setting={setting.ways.length === 0 ? null : setting} isWanted={times > 0} />
        );
      })}
    </ul>
  );
  return (
    <>
      {!isTop && rows}
      {shown.length > 0 && (
        <ul className={css.tiles}>
          {shown.map((setting) => (
            <GroupTile key={setting.id} desk={desk} setting={setting} set={set.filter((path) => isBelow(path, setting.path)).length} />
          ))}
        </ul>
      )}
      {isTop && rows}
    </>
  );
}
