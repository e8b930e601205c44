import { useState } from "react";
import { type Json, same } from "../../config/json";

type Value = Json | undefined;

/** The text of a field whose value is in the draft. What was typed stays as it was typed while it means the same: "1.", a line that is begun. */
export function useTyped(value: Value, show: (value: Value) => string, read: (text: string) => Value): [string, (text: string) => void] {
  const [typed, setTyped] = useState("");
  return [same(read(typed), value) ? typed : show(value), setTyped];
}
