import { Link } from "@tanstack/react-router";
import { useRef } from "react";
import { errorOf } from "../../parts/Field";
import { fits, opens } from "../../config/control";
import type { Json } from "../../config/json";
import { ownerOf } from "../../config/owned";
import { idOf, type Path } from "../../config/schema";
import { secrecyOf } from "../../config/sensitive";
import { nameOf, type Setting } from "../../config/settings";
import { defaultIn } from "../../config/ways";
import { Button } from "../../parts/Button";
import { settings as words } from "../../texts/config";
import { SettingControl } from "./SettingControl";
import type { Desk } from "./settingDesk";
import { SettingHint } from "./SettingHint";
import css from "./Settings.module.css";

interface Props {
  desk: Desk;
  path: Path;
  /** Null for what the release does not know. */
  setting: Setting | null;
  value: Json | undefined;
}

/** What a setting means, and what it is set by; or why it is not set here. */
export function SettingBody({ desk, path, setting, value }: Props) {
  const body = useRef<HTMLFieldSetElement>(null);
  const id = idOf(path);
  const owner = ownerOf(path);
  const secrecy = setting && secrecyOf(setting);
  const byDefault = setting ? defaultIn(setting.ways) : undefined;
  const isGroup = setting !== null && opens(setting.control) && fits(setting.control, value);
  const isField = owner === null && setting !== null && secrecy === null && !opens(setting.control) && setting.control.kind !== "json" && fits(setting.control, value);
  const note =
    owner !== null ? (words.ownedBy[owner] ?? words.owned)
    : setting === null ? words.unknown
    : secrecy === "reference" ? words.secretVault
    : secrecy === "plain" ? words.secretPlain
    : isGroup || isField ? null
    : setting.control.kind === "json" ? words.free
    : words.otherShape;
  const removal = byDefault === undefined ? words.remove : words.toDefault;
  const remove = () => {
    // The button goes with what it took away, and an entry of a list with its whole row.
    if (typeof path.at(-1) === "number") {
      body.current?.closest("section")?.querySelector<HTMLElement>("h3")?.focus();
      desk.takeOut(path);
      return;
    }
    (body.current?.querySelector<HTMLElement>("input, select, textarea") ?? body.current?.closest("details")?.querySelector("summary"))?.focus();
    desk.remove(path);
  };
  return (
    <fieldset ref={body} className={css.body} disabled={desk.isLocked}>
      <legend className="unseen">{id}</legend>
      {isField ? (
        <SettingControl
          control={setting.control}
          label={setting.title ?? nameOf(setting)}
          about={setting.text}
          value={value}
          byDefault={byDefault}
          said={errorOf(desk.problem, `config.${id}`)}
          onSet={(next) => (next === undefined ? desk.remove(path) : desk.set(path, next))}
        />
      ) : (
        <SettingHint about={setting?.text ?? null} byDefault={owner === null && secrecy === null ? byDefault : undefined} />
      )}
      {note !== null && <p className={css.note}>{note}</p>}
      {secrecy !== null && owner === null && (
        <p>
          <Link to="/bots/$id/secrets" params={{ id: desk.bot }}>
            {words.toSecrets}
          </Link>
        </p>
      )}
      {owner === null && (
        <div className={css.actions}>
          {isGroup && (
            <Button size="small" label={words.goInsideThing(id)} onPress={() => desk.toGroup(path)}>
              {words.goInside}
            </Button>
          )}
          {!isField && !isGroup && secrecy !== "plain" && (
            <Button size="small" label={words.toJsonThing(id)} onPress={() => desk.toJson(path)}>
              {words.toJson}
            </Button>
          )}
          {value !== undefined && (
            <Button size="small" label={`${removal}: ${id}`} onPress={remove}>
              {removal}
            </Button>
          )}
        </div>
      )}
    </fieldset>
  );
}
