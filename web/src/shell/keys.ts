import { useEffect, useRef } from "react";
import { Store, useStore } from "../api/store";

const place = "launchpad.keys";

/** Keys that work without Ctrl. Who speaks to a computer, or whose hand slips, presses them without meaning to, so they can be off. */
const isOn = new Store(localStorage.getItem(place) !== "off");

export const useSingleKeys = () => useStore(isOn);

export function turnSingleKeys(on: boolean) {
  if (on) localStorage.removeItem(place);
  else localStorage.setItem(place, "off");
  isOn.set(on);
}

/** Whether somebody types, into whatever root the editor stands in. */
const types = (event: KeyboardEvent) =>
  event.composedPath().some((one) => one instanceof HTMLElement && (one.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT|DIALOG)$/.test(one.tagName)));

/** Null while there is nothing to be done. */
export function useSingleKey(key: string, act: (() => void) | null) {
  const on = useSingleKeys();
  const newest = useRef(act);
  useEffect(() => {
    newest.current = act;
  });
  useEffect(() => {
    if (!on) return undefined;
    const listen = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== key || event.ctrlKey || event.metaKey || event.altKey || event.repeat || types(event)) return;
      if (newest.current === null || document.querySelector("dialog[open]") !== null) return;
      event.preventDefault();
      newest.current();
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, [on, key]);
}
