import { useEffect, useRef } from "react";
import { cx } from "./cx";
import { makeEditor, type Wrong } from "./editorView";
import css from "./JsonEditor.module.css";

interface Props {
  label: string;
  value: string;
  onType: (value: string) => void;
  wrong: Wrong | null;
}

/** JSON with its faults marked where they are. Lazy: whoever uses it imports it when the page has painted. */
export function JsonEditor({ label, value, onType, wrong }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<ReturnType<typeof makeEditor> | null>(null);
  const newest = useRef({ value, onType });
  useEffect(() => {
    newest.current = { value, onType };
  });
  useEffect(() => {
    if (place.current === null) return undefined;
    const made = makeEditor(place.current, newest.current.value, label, (text) => newest.current.onType(text));
    editor.current = made;
    return () => made.end();
  }, [label]);
  useEffect(() => editor.current?.set(value), [value]);
  useEffect(() => editor.current?.say(wrong), [wrong]);
  return <div ref={place} className={cx(css.editor, wrong !== null && css.wrong)} />;
}
