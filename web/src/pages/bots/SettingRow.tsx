import { ChevronRight, Lock } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { same } from "../../config/json";
import { ownerOf } from "../../config/owned";
import { valueAt } from "../../config/place";
import type { Path } from "../../config/schema";
import { secrecyOf } from "../../config/sensitive";
import type { Setting } from "../../config/settings";
import { cx } from "../../parts/cx";
import { settings as words } from "../../texts/config";
import { SettingBody } from "./SettingBody";
import { type Desk, shownValue } from "./settingDesk";
import { SettingName } from "./SettingName";
import css from "./Settings.module.css";

interface Props {
  desk: Desk;
  path: Path;
  /** Null for what the release does not know. */
  setting: Setting | null;
  /** Somebody asked for just this one: it is open, and has the focus. */
  isWanted?: boolean;
}

/** A setting: in a line what it is and how it stands, and below, when it is opened, what it is set by. */
export function SettingRow({ desk, path, setting, isWanted = false }: Props) {
  const [isOpen, setIsOpen] = useState(isWanted);
  const row = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const at = (selector: string) => row.current?.querySelector<HTMLElement>(selector);
    if (isWanted) (at("fieldset:enabled :is(input, select, textarea)") ?? at("summary"))?.focus();
  }, [isWanted]);
  const value = valueAt(desk.config, path);
  const before = valueAt(desk.was, path);
  const isOurs = ownerOf(path) !== null;
  const isSecret = setting !== null && secrecyOf(setting) !== null;
  const stands = isOurs ? words.ours : value !== undefined ? shownValue(value, path) : isSecret ? words.secret : before === undefined ? words.unset : words.removed;
  return (
    <li>
      <details ref={row} className={css.row} open={isOpen} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
        <summary>
          <ChevronRight aria-hidden="true" />
          <SettingName path={path} title={setting?.title ?? null} />
          <span className={cx(css.value, (value === undefined || isOurs) && css.unset)}>
            {isOurs && <Lock aria-hidden="true" />}
            <span>{stands}</span>
            {setting === null && <strong className={css.unknown}>{words.unknownSign}</strong>}
            {!isOurs && !same(value, before) && <strong>{words.changed}</strong>}
          </span>
        </summary>
        {isOpen && <SettingBody desk={desk} path={path} setting={setting} value={value} />}
      </details>
    </li>
  );
}
