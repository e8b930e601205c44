import type { ReactNode } from "react";
import { cx } from "./cx";
import css from "./Layout.module.css";
import { useTitle } from "./useTitle";

interface PageProps {
  title: string;
  intro?: ReactNode;
  actions?: ReactNode;
  /** As wide as prose and forms are read well. */
  narrow?: boolean;
  children: ReactNode;
}

export function Page({ title, intro, actions, narrow = false, children }: PageProps) {
  useTitle(title);
  return (
    <div className={cx(css.page, narrow && css.narrow)}>
      <header className={css.head}>
        <div>
          <h1>{title}</h1>
          {intro && <p className={css.intro}>{intro}</p>}
        </div>
        {actions && <div className={css.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

interface CardProps {
  title?: ReactNode;
  actions?: ReactNode;
  /** Its content reaches the edges: tables, lists of rows. */
  flush?: boolean;
  children: ReactNode;
}

export const Card = ({ title, actions, flush = false, children }: CardProps) => (
  <section className={css.card}>
    {title !== undefined && (
      <header className={css.cardHead}>
        <h2>{title}</h2>
        {actions}
      </header>
    )}
    <div className={cx(!flush && css.cardBody)}>{children}</div>
  </section>
);

/** Two columns where there is room, the first the wider one. */
export const Split = ({ children }: { children: ReactNode }) => <div className={css.split}>{children}</div>;

export const Stack = ({ children, gap = "regular" }: { children: ReactNode; gap?: "small" | "regular" }) => (
  <div className={cx(css.stack, css[gap])}>{children}</div>
);

export const Row = ({ children }: { children: ReactNode }) => <div className={css.row}>{children}</div>;

/** Names and values, one a line. */
export const Facts = ({ facts }: { facts: readonly (readonly [string, ReactNode] | null)[] }) => (
  <dl className={css.facts}>
    {facts.map(
      (fact) =>
        fact && (
          <div key={fact[0]}>
            <dt>{fact[0]}</dt>
            <dd>{fact[1]}</dd>
          </div>
        ),
    )}
  </dl>
);
