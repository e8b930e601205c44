import type { ReactNode } from "react";
import { cx } from "./cx";
import css from "./DataTable.module.css";

export interface Column<T> {
  title: string;
  cell: (row: T) => ReactNode;
  /** Numbers and times stand at the end of their column. */
  end?: boolean;
  /** Left out where there is little room. */
  wide?: boolean;
}

interface Props<T> {
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  id: (row: T) => string;
}

/** The first column names its row. */
export const DataTable = <T,>({ label, columns, rows, id }: Props<T>) => (
  <div className={css.scroll} role="region" aria-label={label} tabIndex={0}>
    <table className={css.table}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column.title} scope="col" className={cx(column.end && css.end, column.wide && css.wide)}>
              {column.title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={id(row)}>
            {columns.map((column, index) => {
              const names = cx(column.end && css.end, column.wide && css.wide);
              return index === 0 ? (
                <th key={column.title} scope="row" className={names}>
                  {column.cell(row)}
                </th>
              ) : (
                <td key={column.title} className={names}>
                  {column.cell(row)}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);
