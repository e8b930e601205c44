import { type RefObject, useState } from "react";
import { fits, tooFew, wrongIn } from "../../config/control";
import { ownerOf } from "../../config/owned";
import { valueAt } from "../../config/place";
import type { Path } from "../../config/schema";
import { isOwn, nameOf, type Setting, settingAt } from "../../config/settings";
import { summaryOf } from "../../config/summary";
import { takesOwnNames } from "../../config/ways";
import { Button } from "../../parts/Button";
import { settings as words } from "../../texts/config";
import { BeginName } from "./BeginName";
import { type Desk, faultText } from "./settingDesk";
import css from "./Settings.module.css";
import { SettingsCrumbs } from "./SettingsCrumbs";
import { SettingsEntries } from "./SettingsEntries";
import { SettingsMembers } from "./SettingsMembers";
import type { Removed } from "./useDesk";

interface Props {
  desk: Desk;
  group: Setting;
  /** Paths of what is set. */
  set: readonly Path[];
  removed: Removed;
  heading: RefObject<HTMLHeadingElement | null>;
}

/** Why it cannot be taken out. */
function stays({ schema, config, isLocked }: Desk, path: Path): string | null {
  if (isLocked) return words.locked;
  const around = path.slice(0, -1);
  const [list, value] = [settingAt(schema, around), valueAt(config, around)];
  const fault = list && Array.isArray(value) ? tooFew(list.control, value.length) : null;
  return fault && faultText(fault);
}

/** One level of the settings, and the way back. */
export function SettingsGroup({ desk, group, set, removed, heading }: Props) {
  const [wanted, setWanted] = useState<ReadonlyMap<string, number>>(new Map());
  const { path, id, ways, control } = group;
  const value = valueAt(desk.config, path);
  const isOurs = ownerOf(path) !== null;
  const isGiven = isOwn(desk.schema, path);
  const last = path.at(-1);
  const title = typeof last === "number" ? words.entry(last + 1, summaryOf(value, path)) : isGiven ? nameOf(group) : (group.title ?? nameOf(group));
  const fault = value === undefined ? null : wrongIn(control, value);
  return (
    <section className={css.part}>
      <SettingsCrumbs desk={desk} path={path} />
      <h3 ref={heading} tabIndex={-1}>
        {title}
      </h3>
      {group.text !== null && <p className={css.hint}>{group.text}</p>}
      {isOurs && <p className={css.note}>{words.owned}</p>}
      {fault !== null && <p className={css.locked}>{faultText(fault)}</p>}
      {!isOurs && isGiven && value === undefined && <p className={css.note}>{words.begun}</p>}
      {!fits(control, value) ? (
        <div className={css.note}>
          <p>{words.otherShape}</p>
          <Button size="small" label={words.toJsonThing(id)} onPress={() => desk.toJson(path)}>
            {words.toJson}
          </Button>
        </div>
      ) : control.kind === "items" ? (
        <SettingsEntries desk={desk} list={group} />
      ) : (
        <>
          {!isOurs && takesOwnNames(ways) && (
            <BeginName desk={desk} group={group} onBegin={(name) => setWanted((before) => new Map(before).set(name, (before.get(name) ?? 0) + 1))} />
          )}
          <SettingsMembers {...{ desk, group, set, removed, wanted }} />
        </>
      )}
      {!isOurs && value !== undefined && (isGiven || control.kind === "items") && (
        <div className={css.removal}>
          <Button
            size="small"
            why={stays(desk, path)}
            onPress={() => {
              desk.takeOut(path);
              desk.toGroup(path.slice(0, -1), true);
            }}
          >
            {words.removeThing(id)}
          </Button>
        </div>
      )}
    </section>
  );
}
