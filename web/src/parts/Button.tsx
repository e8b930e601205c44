import { Link, type LinkProps } from "@tanstack/react-router";
import { type ReactNode, useId } from "react";
import { cx } from "./cx";
import css from "./Button.module.css";
import { StatusShape } from "./Status";

type Kind = "primary" | "secondary" | "quiet" | "danger";
type Size = "regular" | "small";

interface Look {
  kind?: Kind;
  size?: Size;
  icon?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}

interface Props extends Look {
  onPress?: () => void;
  type?: "button" | "submit";
  /** Why it cannot be pressed now. It stays reachable and says so. */
  why?: string | null | undefined;
  busy?: boolean;
  label?: string;
  expanded?: boolean;
  popoverTarget?: string;
}

const look = ({ kind = "secondary", size = "regular", wide = false }: Omit<Look, "children">) =>
  cx(css.button, css[kind], css[size], wide && css.wide);

export function Button({ onPress, type = "button", why, busy = false, label, expanded, popoverTarget, icon, children, ...rest }: Props) {
  const id = useId();
  const stopped = busy || (why !== null && why !== undefined);
  const button = (
    <button
      type={type}
      className={look(rest)}
      aria-disabled={stopped || undefined}
      aria-busy={busy || undefined}
      aria-describedby={why ? id : undefined}
      aria-label={label}
      aria-expanded={expanded}
      popoverTarget={popoverTarget}
      onClick={(event) => {
        if (stopped) event.preventDefault();
        else onPress?.();
      }}
    >
      {busy ? <StatusShape tone="busy" /> : icon}
      <span>{children}</span>
    </button>
  );
  return why ? (
    <span className={cx(css.with, rest.wide && css.wide)}>
      {button}
      <span role="tooltip" id={id} className={css.why}>
        {why}
      </span>
    </span>
  ) : (
    button
  );
}

/** Looks like a button and goes somewhere. */
export const ButtonLink = ({ icon, children, kind, size, wide, ...to }: Look & LinkProps) => (
  <Link {...to} className={look({ ...(kind ? { kind } : {}), ...(size ? { size } : {}), ...(wide ? { wide } : {}) })}>
    {icon}
    <span>{children}</span>
  </Link>
);

interface IconProps {
  label: string;
  icon: ReactNode;
  onPress?: () => void;
  popoverTarget?: string;
}

/** Only an icon: its label is read, and shown where the pointer rests. */
export const IconButton = ({ label, icon, onPress, popoverTarget }: IconProps) => (
  <button type="button" className={css.icon} aria-label={label} title={label} onClick={onPress} popoverTarget={popoverTarget}>
    {icon}
  </button>
);
