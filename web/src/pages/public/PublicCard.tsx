import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTitle } from "../../parts/useTitle";
import { Mark } from "../../shell/Mark";
import { en } from "../../texts/en";
import css from "./PublicCard.module.css";

interface Props {
  title: string;
  /** In the browser's tab, where it is another. */
  tab?: string;
  intro?: ReactNode;
  /** Beneath the card: where else one may have wanted to go. */
  other?: ReactNode;
  children: ReactNode;
}

/** One thing to be done by who is not signed in. */
export function PublicCard({ title, tab = title, intro, other, children }: Props) {
  useTitle(tab);
  return (
    <div className={css.page}>
      <header>
        <Link to="/" className={css.brand} aria-label={en.product}>
          <Mark size={40} />
        </Link>
      </header>
      <main id="content" className={css.main}>
        <div className={css.card}>
          <h1>{title}</h1>
          {intro && <p className={css.intro}>{intro}</p>}
          {children}
        </div>
        {other && <p className={css.other}>{other}</p>}
      </main>
    </div>
  );
}
