import css from "./Segments.module.css";

interface Props<T extends string> {
  label: string;
  value: T;
  options: Readonly<Record<T, string>>;
  onChoose: (value: T) => void;
}

/** One of a few ways to look at the same. */
export const Segments = <T extends string>({ label, value, options, onChoose }: Props<T>) => (
  <div className={css.segments} role="group" aria-label={label}>
    {(Object.entries(options) as [T, string][]).map(([one, name]) => (
      <button key={one} type="button" aria-pressed={one === value} onClick={() => onChoose(one)}>
        {name}
      </button>
    ))}
  </div>
);
