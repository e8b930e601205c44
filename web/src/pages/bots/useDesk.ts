import { useMemo, useState } from "react";
import { type JsonObject, read, show } from "../../config/json";
import { isBelow, moved, without, withValue } from "../../config/place";
import { idOf, type Path } from "../../config/schema";
import type { Desk } from "./settingDesk";
import type { ConfigDraft } from "./useConfigDraft";

type Props = Pick<Desk, "bot" | "schema" | "problem" | "toGroup" | "toJson"> & { form: ConfigDraft };

/** What was taken away stays to be seen: whoever did it is still there. */
export type Removed = ReadonlyMap<string, Path>;

/** The text of the editor as a config whose settings are read and changed. */
export function useDesk({ form, ...props }: Props) {
  const text = form.draft.config;
  const typed = useMemo(() => read(text), [text]);
  // While the text is none, what it said last is shown.
  const [config, setConfig] = useState(typed.ok ? typed.value : form.was.config);
  if (typed.ok && typed.value !== config) setConfig(typed.value);
  const [removed, setRemoved] = useState<Removed>(new Map());
  const [gone, setGone] = useState<{ id: string; before: string; after: string } | null>(null);

  const type = (next: JsonObject) => form.type({ config: show(next) });
  // Other things stand there now, or nothing.
  const forget = (path: Path) => setRemoved((before) => new Map([...before].filter(([, one]) => !isBelow(one, path))));
  const desk: Desk = {
    ...props,
    config,
    was: form.was.config,
    isLocked: !typed.ok,
    set: (path, value) => type(withValue(config, path, value)),
    remove: (path) => {
      setRemoved((before) => new Map(before).set(idOf(path), path));
      type(without(config, path, form.was.config));
    },
    takeOut: (path) => {
      const next = without(config, path, form.was.config);
      setGone({ id: idOf(path), before: text, after: show(next) });
      forget(typeof path.at(-1) === "number" ? path.slice(0, -1) : path);
      type(next);
    },
    move: (path, from, to) => {
      forget(path);
      type(moved(config, path, from, to));
    },
  };
  return {
    desk,
    removed,
    gone: gone !== null && gone.after === text ? { id: gone.id, putBack: () => form.type({ config: gone.before }) } : null,
  };
}
