import { X } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { en } from "../texts/en";
import { IconButton } from "./Button";
import css from "./Dialog.module.css";

interface Props {
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** The buttons; the first is the one that changes nothing. */
  actions?: ReactNode;
}

/** Mounted means open. The browser keeps the focus inside, closes on Escape, and gives the focus back. */
export function Dialog({ title, onClose, children, actions }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
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
  return (
    <dialog
      ref={dialog}
      className={css.dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <header className={css.head}>
        <h2 id={id}>{title}</h2>
        <IconButton label={en.close} icon={<X />} onPress={onClose} />
      </header>
      <div className={css.body}>{children}</div>
      {actions && <footer className={css.actions}>{actions}</footer>}
    </dialog>
  );
}
