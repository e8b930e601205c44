import { type RefObject, useMemo } from "react";
import { idOf, type Path } from "../../config/schema";
import { settingAt, whole } from "../../config/settings";
import { settings as words } from "../../texts/config";
import type { Desk } from "./settingDesk";
import { SettingRow } from "./SettingRow";
import css from "./Settings.module.css";
import { SettingsMembers } from "./SettingsMembers";
import type { Removed } from "./useDesk";

/** Entries of lists by their number. */
const byId = new Intl.Collator("en", { numeric: true });

interface Props {
  desk: Desk;
  /** Paths of what is set. */
  set: readonly Path[];
  removed: Removed;
  heading: RefObject<HTMLHeadingElement | null>;
}

/** First what this bot has, then all that there is. */
export function SettingsTop({ desk, set, removed, heading }: Props) {
  const root = useMemo(() => whole(desk.schema), [desk.schema]);
  const shown = new Map([...removed, ...set.map((path) => [idOf(path), path] as const)]);
  return (
    <>
      <section className={css.part}>
        <h3 ref={heading} tabIndex={-1}>
          {words.set}
        </h3>
        {shown.size === 0 && <p className={css.hint}>{words.setNone}</p>}
        <ul className={css.rows}>
          {[...shown]
            .toSorted(([one], [other]) => byId.compare(one, other))
            .map(([id, path]) => (
              <SettingRow key={id} desk={desk} path={path} setting={settingAt(desk.schema, path)} />
            ))}
        </ul>
      </section>
      <section className={css.part}>
        <h3>{words.all}</h3>
        <SettingsMembers desk={desk} group={root} set={set} isTop />
      </section>
    </>
  );
}
