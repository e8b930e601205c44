import { Fragment } from "react";
import type { Path } from "../../config/schema";
import { settings as words } from "../../texts/config";
import type { Desk } from "./settingDesk";
import css from "./Settings.module.css";

interface Props {
  desk: Desk;
  path: Path;
}

const Part = ({ part }: { part: string | number | undefined }) => (typeof part === "number" ? words.entry(part + 1, null) : <code>{part}</code>);

/** The way back up. */
export const SettingsCrumbs = ({ desk, path }: Props) => (
  <nav aria-label={words.where}>
    <ol className={css.crumbs}>
      {path.map((part, depth) => (
        <Fragment key={depth}>
          <li>
            <button type="button" className="link" onClick={() => desk.toGroup(path.slice(0, depth))}>
              {depth === 0 ? words.top : <Part part={path[depth - 1]} />}
            </button>
          </li>
          {depth === path.length - 1 && (
            <li aria-current="location">
              <Part part={part} />
            </li>
          )}
        </Fragment>
      ))}
    </ol>
  </nav>
);
