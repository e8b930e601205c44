import { Folder, Lock } from "lucide-react";
import { ownerOf } from "../../config/owned";
import type { Setting } from "../../config/settings";
import { settings as words } from "../../texts/config";
import type { Desk } from "./settingDesk";
import { SettingName } from "./SettingName";
import css from "./Settings.module.css";

interface Props {
  desk: Desk;
  setting: Setting;
}

const Sign = ({ path }: Pick<Setting, "path">) => (ownerOf(path) === null ? <Folder aria-hidden="true" /> : <Lock aria-hidden="true" />);

/** A group among groups. */
export const GroupTile = ({ desk, setting: { path, title }, set }: Props & { set: number }) => (
  <li>
    <button type="button" className={css.tile} onClick={() => desk.toGroup(path)}>
      <Sign path={path} />
      <SettingName path={path} title={title} isShort />
      {set > 0 && <span className={css.set}>{words.isSet(set)}</span>}
    </button>
  </li>
);

/** A group among what was found, with the whole way to it. */
export const GroupRow = ({ desk, setting: { path, title } }: Props) => (
  <li>
    <button type="button" className={css.groupRow} onClick={() => desk.toGroup(path)}>
      <Sign path={path} />
      <SettingName path={path} title={title} />
    </button>
  </li>
);
