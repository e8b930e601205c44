import { useMemo } from "react";
import { valueAt } from "../../config/place";
import { membersOf, nameOf, type Setting } from "../../config/settings";
import { GroupTile } from "./GroupTile";
import type { Desk } from "./settingDesk";
import { SettingRow } from "./SettingRow";
import css from "./Settings.module.css";

interface Props {
  desk: Desk;
  group: Setting;
  set: readonly (readonly string[])[];
  /** There the groups are what people look for, by name, since nobody knows the release's order. */
  isTop?: boolean;
}

const isBelow = (path: readonly string[], group: readonly string[]) => path.length > group.length && group.every((name, at) => path[at] === name);

/** What a group has: its own settings, and groups that are opened. */
export function SettingsMembers({ desk: { schema, config }, desk, group, set, isTop = false }: Props) {
  const value = valueAt(config, group.path);
  const all = useMemo(() => membersOf(schema, group, value), [schema, group, value]);
  const groups = all.filter(({ control }) => control.kind === "group");
  const fields = all.filter(({ control }) => control.kind !== "group");
  const shown = isTop ? groups.toSorted((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1)) : groups;
  const rows = fields.length > 0 && (
    <ul className={css.rows}>
      {fields.map((setting) => (
        <SettingRow key={setting.id} desk={desk} path={setting.path} setting={setting.ways.length === 0 ? null : setting} />
      ))}
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
