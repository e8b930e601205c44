import { useId, useState } from "react";
import { type Control, wrongIn } from "../../config/control";
import type { Json } from "../../config/json";
import type { Limits, NumberLimits } from "../../config/limits";
import { Field, Select, TextArea } from "../../parts/Field";
import { Switch } from "../../parts/Switch";
import { settings as words } from "../../texts/config";
import { SettingHint } from "./SettingHint";
import { faultText, plainly } from "./settingDesk";
import { useTyped } from "./useTyped";

interface Props<C extends Control = Control> {
  control: C;
  label: string;
  about: string | null;
  value: Json | undefined;
  byDefault: Json | undefined;
  /** What the server said of it. */
  said: string | null;
  /** Undefined takes it away. */
  onSet: (value: Json | undefined) => void;
}

type Of<K extends Control["kind"]> = Props<Extract<Control, { kind: K }>>;

/** The field that fits a setting's type; none for what only the editor can hold. */
export function SettingControl({ control, ...rest }: Props) {
  switch (control.kind) {
    case "switch": return <OnOff control={control} {...rest} />;
    case "choice": return <OneOf control={control} {...rest} />;
    case "number": return <Figure control={control} {...rest} />;
    case "text": return <Text control={control} {...rest} />;
    case "list": return <Lines control={control} {...rest} />;
    default: return null;
  }
}

function errorIn({ control, value, said }: Props): string | null {
  const fault = value === undefined ? null : wrongIn(control, value);
  return fault === null ? said : faultText(fault);
}

const hintOf = ({ about, byDefault }: Props, ...takes: (string | null)[]) => <SettingHint about={about} takes={takes} byDefault={byDefault} />;

function OnOff(props: Of<"switch">) {
  const { label, value, byDefault, onSet } = props;
  const usual = typeof byDefault === "boolean" ? byDefault : null;
  const on = value === undefined ? usual === true : value === true;
  return (
    <>
      <Switch label={label} text={value === undefined ? words.switchUnset(usual) : on ? words.isOn : words.isOff} on={on} onTurn={onSet} />
      {hintOf({ ...props, byDefault: value === undefined ? undefined : byDefault })}
    </>
  );
}

function OneOf(props: Of<"choice">) {
  const { control, label, value, byDefault, onSet } = props;
  // What is set stays to be seen, also where the release does not take it.
  const all = value === undefined || control.values.includes(value) ? control.values : [value, ...control.values];
  const options = all.map((one) => ({ value: JSON.stringify(one), name: plainly(one) }));
  return (
    <Select
      label={label}
      hint={hintOf({ ...props, byDefault: undefined })}
      error={errorIn(props)}
      value={value === undefined ? "" : JSON.stringify(value)}
      onType={(chosen) => onSet(chosen === "" ? undefined : (JSON.parse(chosen) as Json))}
      options={[{ value: "", name: words.choose(byDefault === undefined ? null : plainly(byDefault)) }, ...options]}
    />
  );
}

const readNumber = (text: string) => (text.trim() === "" || !Number.isFinite(Number(text)) ? undefined : Number(text));

function rangeText({ isWhole, min, max, above, below }: NumberLimits) {
  const range = min !== null && max !== null ? words.from(min, max) : min !== null ? words.least(min) : max !== null ? words.most(max) : "";
  const edges = (above === null ? "" : words.above(above)) + (below === null ? "" : words.below(below));
  return `${isWhole ? words.takes.whole : words.takes.number}${range}${edges}.`;
}

function Figure(props: Of<"number">) {
  const { control: { limits }, label, value, onSet } = props;
  const [typed, setTyped] = useTyped(value, (one) => (one === undefined ? "" : String(one)), readNumber);
  // Half a number is none to the browser, which does not tell what was typed.
  const [isHalf, setIsHalf] = useState(false);
  return (
    <Field
      label={label}
      hint={hintOf(props, rangeText(limits))}
      error={isHalf ? words.fault.number : errorIn(props)}
      type="number"
      inputMode={limits.isWhole && (limits.min ?? -1) >= 0 ? "numeric" : "decimal"}
      step={limits.isWhole ? 1 : "any"}
      min={limits.min ?? undefined}
      max={limits.max ?? undefined}
      onInput={(event) => setIsHalf(event.currentTarget.validity.badInput)}
      value={typed}
      onType={(text) => {
        setTyped(text);
        onSet(readNumber(text));
      }}
    />
  );
}

const inputTypes: Readonly<Record<string, string>> = { uri: "url", email: "email" };

/** Words to a model have paragraphs. */
const isLong = (label: string, value: Json | undefined) => /prompt|instructions/i.test(label) || (typeof value === "string" && value.includes("\n"));

function Text(props: Of<"text">) {
  const { control: { ways, values }, label, value, onSet } = props;
  const list = useId();
  const only: Limits | null = ways.length === 1 && values.length === 0 ? (ways[0] ?? null) : null;
  const shared = {
    label,
    hint: hintOf(props, values.length > 0 ? words.often(values) : null, value === undefined ? null : words.empty),
    error: errorIn(props),
    value: value === undefined ? "" : plainly(value),
    onType: (text: string) => onSet(text === "" ? undefined : text),
    minLength: only?.min ?? undefined,
    maxLength: only?.max ?? undefined,
    spellCheck: false,
    autoCapitalize: "off",
    autoComplete: "off",
  };
  if (isLong(label, value)) return <TextArea {...shared} rows={4} />;
  return (
    <>
      <Field {...shared} type={inputTypes[only?.format ?? ""] ?? "text"} list={values.length > 0 ? list : undefined} />
      {values.length > 0 && <datalist id={list}>{values.map((one) => <option key={one} value={one} />)}</datalist>}
    </>
  );
}

/** A number that is listed stays one; what is typed is text. */
function readLines(text: string, before: Json | undefined): Json | undefined {
  const numbers = Array.isArray(before) ? before.filter((one) => typeof one === "number") : [];
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  return lines.length === 0 ? undefined : lines.map((line) => numbers.find((one) => String(one) === line) ?? line);
}

function Lines(props: Of<"list">) {
  const { control: { item }, label, value, onSet } = props;
  const read = (text: string) => readLines(text, value);
  const [typed, setTyped] = useTyped(value, (one) => (Array.isArray(one) ? one.join("\n") : ""), read);
  const takes = `${words.takes.list}${item.ways.length === 0 ? words.entryValues(item.values) : ""}.`;
  return (
    <TextArea
      label={label}
      hint={hintOf(props, takes, value === undefined ? null : words.empty)}
      error={errorIn(props)}
      rows={3}
      spellCheck={false}
      autoCapitalize="off"
      value={typed}
      onType={(text) => {
        setTyped(text);
        onSet(read(text));
      }}
    />
  );
}
