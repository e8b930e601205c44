import { useId } from "react";
import css from "./Switch.module.css";

interface Props {
  label: string;
  /** What is so while it stands as it does. */
  text: string;
  on: boolean;
  onTurn: (on: boolean) => void;
}

export function Switch({ label, text, on, onTurn }: Props) {
  const id = useId();
  return (
    <label className={css.switch}>
      <span className={css.text}>
        <strong>{label}</strong>
        <span id={id}>{text}</span>
      </span>
      <input type="checkbox" role="switch" aria-checked={on} aria-label={label} aria-describedby={id} checked={on} onChange={(event) => onTurn(event.target.checked)} />
    </label>
  );
}
