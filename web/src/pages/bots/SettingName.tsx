import { Fragment } from "react";
import { idOf, type Path } from "../../config/schema";
import css from "./Settings.module.css";

interface Props {
  path: Path;
  title: string | null;
  /** Without the way to it. */
  isShort?: boolean;
}

const letters = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, "").toLowerCase();

/** It may be broken where a word of it begins, and elsewhere only where there is no room for the word. */
const Broken = ({ text }: { text: string }) =>
  text.split(/(?<=\.)|(?=[A-Z])/).map((word, at) => (
    <Fragment key={at}>
      {at > 0 && <wbr />}
      {word}
    </Fragment>
  ));

/** Its path, of which the last name is what is looked for, and its title where that says more. */
export function SettingName({ path, title, isShort = false }: Props) {
  const [id, last] = [idOf(path), idOf(path.slice(-1))];
  return (
    <span className={css.name}>
      <code>
        {!isShort && path.length > 1 && (
          <span>
            <Broken text={id.slice(0, id.length - last.length)} />
            <wbr />
          </span>
        )}
        <Broken text={last} />
      </code>
      {title !== null && letters(title) !== letters(last) && <span className={css.title}>{title}</span>}
    </span>
  );
}
