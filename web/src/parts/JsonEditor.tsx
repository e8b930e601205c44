import { useEffect, useRef } from "react";
import type { Path, Schema } from "../config/schema";
import { cx } from "./cx";
import { makeEditor, type Wrong } from "./editorView";
import css from "./JsonEditor.module.css";

interface Props {
  label: string;
  value: string;
  onType: (value: string) => void;
  wrong: Wrong | null;
  /** What can stand in it; null while that is not known. */
  schema: Schema | null;
  onPlace: (path: Path) => void;
  /** Where the cursor shall go; null when it went. */
  goTo: Path | null;
  onWent: () => void;
}

/** JSON with its faults marked where they are. Lazy: whoever uses it imports it when the page has painted. */
export function JsonEditor({ label, value, onType, wrong, schema, onPlace, goTo, onWent }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<ReturnType<typeof makeEditor> | null>(null);
  const newest = useRef({ value, schema, onType, onPlace, onWent });
  useEffect(() => {
    newest.current = { value, schema, onType, onPlace, onWent };
  });
  useEffect(() => {
    if (place.current === null) return undefined;
    const made = makeEditor(place.current, newest.current.value, label, {
      onType: (text) => newest.current.onType(text),
      onPlace: (path) => newest.current.onPlace(path),
    });
    made.help(newest.current.schema);
    editor.current = made;
    return () => made.end();
  }, [label]);
  useEffect(() => editor.current?.set(value), [value]);
  useEffect(() => editor.current?.help(schema), [schema]);
  useEffect(() => editor.current?.say(wrong), [wrong]);
  useEffect(() => {
    if (goTo === null) return;
    editor.current?.go(goTo);
    newest.current.onWent();
  }, [goTo]);
  return <div ref={place} className={cx(css.editor, wrong !== null && css.wrong)} />;
}
