import { useState } from "react";
import { opens } from "../../config/control";
import { isObject } from "../../config/json";
import { type NameFault, nameFault } from "../../config/names";
import { valueAt } from "../../config/place";
import { type Setting, settingAt } from "../../config/settings";
import { namesIn } from "../../config/ways";
import { Button } from "../../parts/Button";
import { Field } from "../../parts/Field";
import { settings as words } from "../../texts/config";
import { type Desk, faultText } from "./settingDesk";
import css from "./Settings.module.css";

interface Props {
  desk: Desk;
  group: Setting;
  /** For a setting of its own: what has settings inside is gone to. */
  onBegin: (name: string) => void;
}

function nameFaultText(fault: NameFault): string {
  switch (fault.rule) {
    case "nothing": case "edges": case "reserved": case "key": return words.nameFault[fault.rule];
    default: return faultText(fault);
  }
}

/** Where names are the owner's to give. Nothing is written before something under the name is set. */
export function BeginName({ desk, group: { path, id, ways }, onBegin }: Props) {
  const [name, setName] = useState("");
  const [fault, setFault] = useState<string | null>(null);
  const begin = () => {
    const there = valueAt(desk.config, path);
    const isThere = namesIn(ways).includes(name) || (isObject(there) && Object.hasOwn(there, name));
    const wrong = isThere ? null : nameFault(desk.schema, ways, name);
    const setting = settingAt(desk.schema, [...path, name]);
    setFault(wrong && nameFaultText(wrong));
    if (wrong !== null || setting === null) return false;
    setName("");
    if (opens(setting.control)) desk.toGroup(setting.path);
    else onBegin(name);
    return true;
  };
  return (
    <form
      className={css.note}
      onSubmit={(event) => {
        event.preventDefault();
        if (!begin()) event.currentTarget.querySelector("input")?.focus();
      }}
    >
      <Field
        label={words.name}
        hint={words.ownNames}
        error={fault}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        value={name}
        onType={(text) => {
          setName(text);
          setFault(null);
        }}
      />
      <div className={css.actions}>
        <Button size="small" type="submit">
          {words.begin}
        </Button>
        <Button size="small" label={words.toJsonThing(id)} onPress={() => desk.toJson(path)}>
          {words.toJson}
        </Button>
      </div>
    </form>
  );
}
