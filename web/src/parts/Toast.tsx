import { useEffect } from "react";
import { Store, useStore } from "../api/store";
import { StatusShape } from "./Status";
import css from "./Toast.module.css";

const shown = new Store<{ text: string } | null>(null);

/** Says that something succeeded. What went wrong stays in its place, where it can be read. */
export const toast = (text: string) => shown.set({ text });

export function Toasts() {
  const message = useStore(shown);
  useEffect(() => {
    if (message === null) return undefined;
    const timer = setTimeout(() => shown.set(null), 5000);
    return () => clearTimeout(timer);
  }, [message]);
  return (
    <div role="status" className={css.place}>
      {message && (
        <div className={css.toast}>
          <StatusShape tone="ok" />
          {message.text}
        </div>
      )}
    </div>
  );
}
