import { type KeyboardEvent, type ReactNode, useId, useRef } from "react";
import { cx } from "./cx";
import css from "./Menu.module.css";

interface Props {
  /** What opens it: a button that takes the id of what it opens. */
  opener: (popoverTarget: string) => ReactNode;
  /** Above what opens it, for what stands at the bottom of the window. */
  above?: boolean;
  children: ReactNode;
}

/** A list of links and buttons that opens beside a button. The browser closes it, on Escape and on a press elsewhere, and gives the focus back. */
export function Menu({ opener, above = false, children }: Props) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const anchor = `--menu-${id.replaceAll(/\W/g, "")}`;
  const step = (event: KeyboardEvent) => {
    const direction = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (direction === 0) return;
    event.preventDefault();
    const items = [...(list.current?.querySelectorAll<HTMLElement>("a,button") ?? [])];
    const at = items.indexOf(document.activeElement as HTMLElement);
    items.at((at + direction + items.length) % items.length)?.focus();
  };
  return (
    <div className={css.holder}>
      <div style={{ anchorName: anchor } as React.CSSProperties}>{opener(id)}</div>
      <div
        ref={list}
        id={id}
        popover="auto"
        className={cx(css.menu, above && css.above)}
        style={{ positionAnchor: anchor } as React.CSSProperties}
        onKeyDown={step}
        onClick={() => list.current?.hidePopover()}
        onToggle={(event) => event.newState === "open" && list.current?.querySelector<HTMLElement>("a,button")?.focus()}
      >
        {children}
      </div>
    </div>
  );
}

interface ItemProps {
  onPress: () => void;
  /** Why it is not possible now. */
  why?: string | null;
  danger?: boolean;
  icon?: ReactNode;
  /** The key that does the same. */
  hint?: string | undefined;
  children: ReactNode;
}

export const MenuItem = ({ onPress, why = null, danger = false, icon, hint, children }: ItemProps) => (
  <button
    type="button"
    className={cx(css.item, danger && css.danger)}
    aria-keyshortcuts={hint}
    aria-disabled={why !== null || undefined}
    onClick={(event) => {
      if (why === null) onPress();
      else event.stopPropagation();
    }}
  >
    {icon}
    <span>
      {children}
      {why !== null && <small>{why}</small>}
    </span>
    {hint !== undefined && <kbd className={css.hint}>{hint}</kbd>}
  </button>
);

/** The look of an item, for links. */
export const menuItem = css.item ?? "";
