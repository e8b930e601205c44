import { useId } from "react";
import { useModels } from "../../api/models";
import { Field } from "../../parts/Field";
import { newBot as words } from "../../texts/bots";

interface Props {
  value: string;
  onType: (value: string) => void;
  error: string | null;
}

/** The names that the operator's key opens are offered; with a key of one's own there may be others, so any can be typed. */
export function ModelField({ value, onType, error }: Props) {
  const list = useId();
  const { data } = useModels();
  return (
    <>
      <Field
        label={words.model}
        hint={words.modelHint}
        placeholder={data?.default}
        optional
        maxLength={100}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        list={list}
        value={value}
        onType={onType}
        error={error}
      />
      <datalist id={list}>{data?.models.map((name) => <option key={name} value={name} />)}</datalist>
    </>
  );
}
