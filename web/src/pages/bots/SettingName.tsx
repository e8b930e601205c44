import { Fragment } from "react";
import css from "./Settings.module.css";

interface Props {
  path: readonly string[];
  title: string | null;
  /** Without the way to it. */
  isShort?: boolean;
}

const letters = (text: string | undefined) => text?.replace(/[^\p{L}\p{N}]/gu, "").toLowerCase();

/** It may be broken where a word of it begins, and elsewhere only where there is no room for the word. */
const Broken = ({ text }: { text: string }) =>
  text.split(/(?<=\.)|(?=[A-Z])/).map((word, at) => (
    <Fragment key={at}>
      {at > 0 && <wbr />}
      {word}
    </Fragment>
  ));

/** Its path, of which the last name is what is looked for, and its title where that says more. */
export const SettingName = ({ path, title, isShort = false }: Props) => (
  <span className={css.name}>
    <code>
      {!isShort && path.length > 1 && (
        <span>
          <Broken text={`${path.slice(0, -1).join(".")}.`} />
          <wbr />
        </span>
      )}
      <Broken text={path.at(-1) ?? ""} />
    </code>
    {title !== null && letters(title) !== letters(path.at(-1)) && <span className={css.title}>{title}</span>}
  </span>
);
