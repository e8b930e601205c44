import type { ReactNode } from "react";
import css from "./States.module.css";

interface EmptyProps {
  icon?: ReactNode;
  title: string;
  text: string;
  action?: ReactNode;
  /** It is all that there is on the page. */
  alone?: boolean;
}

/** What this is for, and the first thing to do. */
export const Empty = ({ icon, title, text, action, alone = false }: EmptyProps) => (
  <div className={css.empty}>
    {icon && <div className={css.emptyIcon}>{icon}</div>}
    {alone ? <h1>{title}</h1> : <h2>{title}</h2>}
    <p>{text}</p>
    {action}
  </div>
);
