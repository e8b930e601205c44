import { useNavigate } from "@tanstack/react-router";
import { useEffect, useId, useMemo, useRef, useState } from "react";
import { useBots } from "../api/bots";
import { cx } from "../parts/cx";
import { BotStatus } from "../parts/BotStatus";
import { tabs } from "../pages/bots/tabs";
import { en } from "../texts/en";
import { palette as words } from "../texts/palette";
import { find } from "./find";
import css from "./Palette.module.css";

export interface Entry {
  id: string;
  name: string;
  aside?: React.ReactNode;
  go: () => void;
}

/** Anywhere in a few letters. */
export function Palette({ onClose }: { onClose: () => void }) {
  const [typed, setTyped] = useState("");
  return <PaletteOf label={words.label} typed={typed} onType={setTyped} entries={useEntries(typed)} onClose={onClose} />;
}

interface Props {
  label: string;
  typed: string;
  onType: (typed: string) => void;
  /** What fits that. */
  entries: readonly Entry[];
  onClose: () => void;
}

export function PaletteOf({ label, typed, onType, entries, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [at, setAt] = useState(0);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    const opener = document.activeElement;
    element?.showModal();
    return () => {
      element?.close();
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  const chosen = entries[Math.min(at, entries.length - 1)];
  const take = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    entry.go();
  };
  const move = (by: number) => setAt((now) => (entries.length === 0 ? 0 : (Math.min(now, entries.length - 1) + by + entries.length) % entries.length));
  return (
    <dialog ref={dialog} className={css.palette} aria-label={en.nav.palette} onCancel={onClose} onClick={(event) => event.target === dialog.current && onClose()}>
      <input
        className={css.input}
        role="combobox"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={chosen ? `${id}-${chosen.id}` : undefined}
        aria-label={label}
        placeholder={label}
        value={typed}
        onChange={(event) => {
          onType(event.target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") move(1);
          else if (event.key === "ArrowUp") move(-1);
          else if (event.key === "Enter") take(chosen);
          else return;
          event.preventDefault();
        }}
      />
      <ul id={id} role="listbox" aria-label={words.found} className={css.list}>
        {entries.map((entry) => (
          <li
            key={entry.id}
            id={`${id}-${entry.id}`}
            role="option"
            aria-selected={entry === chosen}
            className={cx(css.entry, entry === chosen && css.chosen)}
            onClick={() => take(entry)}
          >
            {entry.name}
            {entry.aside}
          </li>
        ))}
      </ul>
      {entries.length === 0 && <p className={css.none}>{words.none}</p>}
    </dialog>
  );
}

function useEntries(typed: string): Entry[] {
  const navigate = useNavigate();
  const { data } = useBots();
  return useMemo(() => {
    const go = (to: "/bots" | "/bots/new" | "/record" | "/billing" | "/account") => () => void navigate({ to });
    const known = data ?? [];
    const all: Entry[] = [
      ...known.map((bot) => ({
        id: bot.id,
        name: bot.name,
        aside: <BotStatus status={bot.status} />,
        go: () => void navigate({ to: "/bots/$id", params: { id: bot.id } }),
      })),
      { id: "bots", name: en.nav.bots, go: go("/bots") },
      { id: "new", name: words.newBot, go: go("/bots/new") },
      { id: "record", name: en.nav.record, go: go("/record") },
      { id: "billing", name: en.nav.billing, go: go("/billing") },
      { id: "account", name: en.nav.account, go: go("/account") },
    ];
    const pages = known.flatMap((bot) =>
      tabs.slice(1).map(({ to, name }) => ({
        id: `${bot.id}-${name}`,
        name: words.pageOf(bot.name, name),
        go: () => void navigate({ to, params: { id: bot.id } }),
      })),
    );
    return find(all, pages, typed).slice(0, 12);
  }, [data, navigate, typed]);
}
