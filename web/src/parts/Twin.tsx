import { en } from "../texts/en";
import css from "./Twin.module.css";

interface Props {
  /** Of which picture; not needed where there is one only. */
  name?: string;
  head: readonly string[];
  /** The first cell of each names it. */
  rows: readonly (readonly string[])[];
}

/** What a picture shows, as a table. */
export const Twin = ({ name, head, rows }: Props) => (
  <details className={css.twin}>
    <summary>
      {en.asTable}
      {name !== undefined && <span className="unseen">{`: ${name}`}</span>}
    </summary>
    <table>
      <thead>
        <tr>
          {head.map((title) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([first, ...rest]) => (
          <tr key={first}>
            <th scope="row">{first}</th>
            {rest.map((cell, at) => (
              <td key={head[at + 1]}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </details>
);
