import type { Json } from "../../config/json";
import { settings as words } from "../../texts/config";
import css from "./Settings.module.css";
import { plainly } from "./settingDesk";

interface Props {
  about: string | null;
  takes?: readonly (string | null)[];
  byDefault?: Json | undefined;
}

/** What a setting does, what it takes, and what holds without it. */
export function SettingHint({ about, takes = [], byDefault }: Props) {
  const rest = [...takes, byDefault === undefined ? null : words.byDefault(plainly(byDefault))].filter((one) => one !== null).join(" ");
  return (
    <div className={css.hint}>
      {about !== null && <p>{about}</p>}
      {rest !== "" && <p>{rest}</p>}
    </div>
  );
}
