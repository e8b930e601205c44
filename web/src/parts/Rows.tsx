import type { ReactNode } from "react";
import { en } from "../texts/en";
import { Button } from "./Button";
import { cx } from "./cx";
import css from "./Rows.module.css";

interface RowsProps {
  /** Their order says something. */
  ordered?: boolean;
  children: ReactNode;
}

/** Things one below the other, from edge to edge of a card. */
export const Rows = ({ ordered = false, children }: RowsProps) => (ordered ? <ol>{children}</ol> : <ul>{children}</ul>);

interface LineProps {
  icon?: ReactNode;
  /** What stands at the end: a time, buttons. */
  aside?: ReactNode;
  /** It goes below the text where there is little room. */
  below?: boolean;
  /** The one link in the text is for the whole of it. */
  leads?: boolean;
  children: ReactNode;
}

export const Line = ({ icon, aside, below = false, leads = false, children }: LineProps) => (
  <li className={cx(css.line, icon !== undefined && css.withIcon, below && css.below, leads && css.leads)}>
    {icon !== undefined && <span className={css.icon}>{icon}</span>}
    <div className={css.text}>{children}</div>
    {aside !== undefined && <div className={css.aside}>{aside}</div>}
  </li>
);

/** What it is, in bold, and how it is. */
export const LineTitle = ({ children }: { children: ReactNode }) => <div className={css.title}>{children}</div>;

/** Small facts about it, one beside the other. */
export const LineFacts = ({ children }: { children: ReactNode }) => <p className={css.facts}>{children}</p>;

interface MoreProps {
  onPress: () => void;
  busy?: boolean;
  children?: ReactNode;
}

/** The rest of a list, a page at a time. */
export const More = ({ onPress, busy = false, children = en.more }: MoreProps) => (
  <div className={css.more}>
    <Button size="small" busy={busy} onPress={onPress}>
      {children}
    </Button>
  </div>
);

interface Pages {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
}

export const MorePages = ({ query }: { query: Pages }) =>
  query.hasNextPage ? <More busy={query.isFetchingNextPage} onPress={() => void query.fetchNextPage()} /> : null;
