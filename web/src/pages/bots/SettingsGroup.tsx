import { Fragment, type RefObject } from "react";
import { ownerOf } from "../../config/owned";
import { nameOf, type Setting } from "../../config/settings";
import { takesOwnNames } from "../../config/ways";
import { Button } from "../../parts/Button";
import { settings as words } from "../../texts/config";
import type { Desk } from "./settingDesk";
import css from "./Settings.module.css";
import { SettingsMembers } from "./SettingsMembers";

interface Props {
  desk: Desk;
  group: Setting;
  set: readonly (readonly string[])[];
  heading: RefObject<HTMLHeadingElement | null>;
}

/** One level of the settings, and the way back. */
export function SettingsGroup({ desk, group, set, heading }: Props) {
  const { path, id, ways } = group;
  const isOurs = ownerOf(path) !== null;
  return (
    <section className={css.part}>
      <nav aria-label={words.where}>
        <ol className={css.crumbs}>
          {path.map((name, depth) => (
            <Fragment key={depth}>
              <li>
                <button type="button" className="link" onClick={() => desk.toGroup(path.slice(0, depth))}>
                  {depth === 0 ? words.top : <code>{path[depth - 1]}</code>}
                </button>
              </li>
              {depth === path.length - 1 && (
                <li aria-current="location">
                  <code>{name}</code>
                </li>
              )}
            </Fragment>
          ))}
        </ol>
      </nav>
      <h3 ref={heading} tabIndex={-1}>
        {group.title ?? nameOf(group)}
      </h3>
      {group.text !== null && <p className={css.hint}>{group.text}</p>}
      {isOurs && <p className={css.note}>{words.owned}</p>}
      {!isOurs && takesOwnNames(ways) && (
        <div className={css.note}>
          <p>{words.ownNames}</p>
          <Button size="small" label={words.toJsonThing(id)} onPress={() => desk.toJson(path)}>
            {words.toJson}
          </Button>
        </div>
      )}
      <SettingsMembers key={id} desk={desk} group={group} set={set} />
    </section>
  );
}
