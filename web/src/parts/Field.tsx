import { Eye, EyeOff } from "lucide-react";
import { type InputHTMLAttributes, type ReactNode, type TextareaHTMLAttributes, useId, useState } from "react";
import type { Problem } from "../api/problems";
import { en } from "../texts/en";
import { cx } from "./cx";
import css from "./Field.module.css";
import { StatusShape } from "./Status";

interface Shared {
  label: string;
  hint?: ReactNode;
  /** What is wrong with it. */
  error?: string | null | undefined;
  optional?: boolean;
  value: string;
  onType: (value: string) => void;
}

/** What the API says about just this field. */
export const errorOf = (problem: Problem | null, field: string) =>
  (problem?.kind === "invalid" || problem?.kind === "weak-password") && problem.field === field ? problem.detail.replace(/^'[\w.-]+' /, "").replace(/^./, (letter) => letter.toUpperCase()) : null;

interface FrameProps extends Omit<Shared, "value" | "onType"> {
  id: string;
  children: ReactNode;
}

const Frame = ({ id, label, hint, error, optional, children }: FrameProps) => (
  <div className={css.field}>
    <label htmlFor={id}>
      {label}
      {optional && <span className={css.optional}>{en.optional}</span>}
    </label>
    {children}
    {error && (
      <p id={`${id}-error`} className={css.error} role="alert">
        <StatusShape tone="bad" />
        {error}
      </p>
    )}
    {hint && (
      <div id={`${id}-hint`} className={css.hint}>
        {hint}
      </div>
    )}
  </div>
);

const described = (id: string, hint: ReactNode, error: string | null | undefined) => ({
  "aria-invalid": error ? true : undefined,
  "aria-describedby": [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(" ") || undefined,
});

type InputProps = Shared & Omit<InputHTMLAttributes<HTMLInputElement>, "value" | "onChange" | "id">;

export function Field({ label, hint, error, optional, value, onType, ...input }: InputProps) {
  const id = useId();
  return (
    <Frame {...{ id, label, hint, error, ...(optional ? { optional } : {}) }}>
      <input {...input} {...described(id, hint, error)} id={id} className={css.input} value={value} onChange={(event) => onType(event.target.value)} />
    </Frame>
  );
}

type AreaProps = Shared & Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "value" | "onChange" | "id">;

export function TextArea({ label, hint, error, optional, value, onType, ...area }: AreaProps) {
  const id = useId();
  return (
    <Frame {...{ id, label, hint, error, ...(optional ? { optional } : {}) }}>
      <textarea {...area} {...described(id, hint, error)} id={id} className={cx(css.input, css.area)} value={value} onChange={(event) => onType(event.target.value)} />
    </Frame>
  );
}

interface SelectProps extends Shared {
  options: readonly { value: string; name: string }[];
}

/** One of more than a few, or of names that need no words. */
export function Select({ label, hint, error, optional, value, onType, options }: SelectProps) {
  const id = useId();
  return (
    <Frame {...{ id, label, hint, error, ...(optional ? { optional } : {}) }}>
      <select {...described(id, hint, error)} id={id} className={css.input} value={value} onChange={(event) => onType(event.target.value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.name}
          </option>
        ))}
      </select>
    </Frame>
  );
}

type SecretProps = Omit<InputProps, "type">;

/** Not shown unless asked for, and never kept by the browser unless it is the person's own password. */
export function SecretField({ label, hint, error, optional, value, onType, autoComplete = "off", ...input }: SecretProps) {
  const id = useId();
  const [shown, setShown] = useState(false);
  return (
    <Frame {...{ id, label, hint, error, ...(optional ? { optional } : {}) }}>
      <div className={css.secret}>
        <input
          {...input}
          {...described(id, hint, error)}
          id={id}
          type={shown ? "text" : "password"}
          autoComplete={autoComplete}
          spellCheck={false}
          className={cx(css.input, shown && css.code)}
          value={value}
          onChange={(event) => onType(event.target.value)}
        />
        <button type="button" className={css.eye} aria-pressed={shown} aria-label={`${en.show}: ${label}`} onClick={() => setShown(!shown)}>
          {shown ? <EyeOff /> : <Eye />}
        </button>
      </div>
    </Frame>
  );
}

interface ChoiceProps<T extends string> {
  legend: string;
  value: T;
  options: readonly {
    value: T;
    title: ReactNode;
    text?: ReactNode;
    aside?: ReactNode;
    /** It is there, and cannot be chosen; its text says why. */
    disabled?: boolean;
  }[];
  onChoose: (value: T) => void;
}

/** One of a few, each with what it means. */
export function Choice<T extends string>({ legend, value, options, onChoose }: ChoiceProps<T>) {
  const name = useId();
  return (
    <fieldset className={css.choice}>
      <legend>{legend}</legend>
      {options.map((option) => (
        <label key={option.value} className={css.option}>
          <input type="radio" name={name} value={option.value} disabled={option.disabled} checked={option.value === value} onChange={() => onChoose(option.value)} />
          <span className={css.optionText}>
            <strong>{option.title}</strong>
            {option.text && <span>{option.text}</span>}
          </span>
          {option.aside && <span className={css.aside}>{option.aside}</span>}
        </label>
      ))}
    </fieldset>
  );
}
