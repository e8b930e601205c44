import type { Diff } from "../api/config";
import { plan as words, risks } from "../texts/config";
import css from "./Changes.module.css";
import { cx } from "./cx";

/** The values come as JSON; what is text is read better without its quotes. */
function plain(value: string): string {
  try {
    const read: unknown = JSON.parse(value);
    return typeof read === "string" ? read : value;
  } catch {
    return value;
  }
}

/** What becomes what, with a sign beside each colour. */
export const Changes = ({ changes }: { changes: Diff["changes"] }) =>
  changes.length === 0 ? (
    <p>{words.none}</p>
  ) : (
    <ul className={css.list}>
      {changes.map(({ path, from, to, risk }) => (
        <li key={path} className={cx(css.change, css[risk])}>
          <span className={css.path}>{path}</span>
          <span className={css.risk}>{risks[risk]}</span>
          <div className={css.values}>
            {from !== null && (
              <del tabIndex={from.length > 400 ? 0 : undefined}>
                <span aria-label={to === null ? words.removed : words.was} role="img">
                  {"−"}
                </span>
                <span>{plain(from)}</span>
              </del>
            )}
            {to !== null && (
              <ins tabIndex={to.length > 400 ? 0 : undefined}>
                <span aria-label={from === null ? words.added : words.becomes} role="img">
                  {"+"}
                </span>
                <span>{plain(to)}</span>
              </ins>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
