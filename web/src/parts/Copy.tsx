import { Check, Copy as CopyIcon } from "lucide-react";
import { useEffect, useState } from "react";
import { en } from "../texts/en";
import { IconButton } from "./Button";
import css from "./Copy.module.css";

/** Puts a value on the clipboard and says so where it was pressed. */
export function Copy({ value, thing = "" }: { value: string; thing?: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <>
      <IconButton
        label={copied ? en.copied : en.copyThing(thing)}
        icon={copied ? <Check /> : <CopyIcon />}
        onPress={() => void navigator.clipboard.writeText(value).then(() => setCopied(true))}
      />
      <span className="unseen" role="status">
        {copied ? en.copied : ""}
      </span>
    </>
  );
}

/** A value in code letters that can be taken along. */
export const Copyable = ({ value }: { value: string }) => (
  <span className={css.copyable}>
    <code>{value}</code>
    <Copy value={value} thing={value} />
  </span>
);

/** An id: enough of it to tell it from others, all of it on the clipboard. */
export const Id = ({ value }: { value: string }) => (
  <span className={css.copyable} title={value}>
    <code>{value.length > 16 ? `${value.slice(0, 8)}…${value.slice(-4)}` : value}</code>
    <Copy value={value} thing={value} />
  </span>
);
