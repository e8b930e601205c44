import { Search } from "lucide-react";
import { useState } from "react";
import { Button } from "../../parts/Button";
import { Field } from "../../parts/Field";
import css from "./Ops.module.css";

interface Props {
  label: string;
  hint?: string;
  go: string;
  value: string;
  onGo: (q: string) => void;
}

/** What is looked for stands in the address, so that it can be passed on and gone back to. */
export function SearchForm({ label, hint, go, value, onGo }: Props) {
  const [typed, setTyped] = useState(value);
  return (
    <form
      className={css.search}
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        onGo(typed.trim());
      }}
    >
      <Field label={label} hint={hint} type="search" autoComplete="off" spellCheck={false} value={typed} onType={setTyped} />
      <Button type="submit" icon={<Search />}>
        {go}
      </Button>
    </form>
  );
}
