import { Folder, List, Lock } from "lucide-react";
import { ownerOf } from "../../config/owned";
import { valueAt } from "../../config/place";
import type { Setting } from "../../config/settings";
import { summaryOf } from "../../config/summary";
import { settings as words } from "../../texts/config";
import type { Desk } from "./settingDesk";
import { SettingName } from "./SettingName";
import css from "./Settings.module.css";

interface Props {
  desk: Desk;
  setting: Setting;
}

function Sign({ path, control }: Pick<Setting, "path" | "control">) {
  if (ownerOf(path) !== null) return <Lock aria-hidden="true" />;
  return control.kind === "items" ? <List aria-hidden="true" /> : <Folder aria-hidden="true" />;
}

/** A group among groups, or a list with settings inside. */
export function GroupTile({ desk, setting: { path, title, control }, set }: Props & { set: number }) {
  const value = valueAt(desk.config, path);
  const has = control.kind !== "items" ? words.isSet(set) : Array.isArray(value) ? words.entries(value.length) : null;
  return (
    <li>
      <button type="button" className={css.tile} onClick={() => desk.toGroup(path)}>
        <Sign path={path} control={control} />
        <SettingName path={path} title={title} isShort />
        {set > 0 && has !== null && <span className={css.set}>{has}</span>}
      </button>
    </li>
  );
}

/** A group among what was found, with the whole way to it. */
export function GroupRow({ desk, setting: { path, title, control } }: Props) {
  const last = path.at(-1);
  return (
    <li>
      <button type="button" className={css.groupRow} onClick={() => desk.toGroup(path)}>
        <Sign path={path} control={control} />
        <SettingName path={path} title={typeof last === "number" ? words.entry(last + 1, summaryOf(valueAt(desk.config, path), path)) : title} />
      </button>
    </li>
  );
}
