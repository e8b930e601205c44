import { useEffect, useRef, useState } from "react";
import { type Json, isObject } from "../../config/json";
import { type Difference, nameOf, type Side } from "../../config/threeWay";
import { Button } from "../../parts/Button";
import { Row } from "../../parts/Layout";
import { StatusShape } from "../../parts/Status";
import { config as texts } from "../../texts/config";
import css from "./ConfigConflict.module.css";

const words = texts.conflict;

interface Props {
  conflicts: readonly Difference[];
  onTake: (chosen: ReadonlyMap<string, Side>) => void;
}

/** Yours, what it was, what it is now: nothing is lost, and one of them is chosen for each place. */
export function ConfigConflict({ conflicts, onTake }: Props) {
  const [chosen, setChosen] = useState<ReadonlyMap<string, Side>>(new Map());
  const section = useRef<HTMLElement>(null);
  // It comes because something was pressed at the other end of the page.
  useEffect(() => section.current?.focus(), []);
  return (
    <section ref={section} tabIndex={-1} className={css.conflict} aria-label={words.title}>
      <header>
        <StatusShape tone="warn" size={20} />
        <div>
          <h3>{words.title}</h3>
          <p>{words.text}</p>
        </div>
      </header>
      {conflicts.map((one) => {
        const name = nameOf(one);
        const side = chosen.get(name) ?? "mine";
        const choose = (next: Side) => setChosen((before) => new Map(before).set(name, next));
        return (
          <fieldset key={name} className={css.place}>
            <legend>{texts.names[name] ?? <code>{name}</code>}</legend>
            <div className={css.sides}>
              <label className={css.side}>
                <span>
                  <input type="radio" name={name} checked={side === "mine"} onChange={() => choose("mine")} />
                  {words.mine}
                </span>
                <Value value={one.mine} />
              </label>
              <div className={css.side}>
                <span>{words.was}</span>
                <Value value={one.was} />
              </div>
              <label className={css.side}>
                <span>
                  <input type="radio" name={name} checked={side === "now"} onChange={() => choose("now")} />
                  {words.now}
                </span>
                <Value value={one.now} />
              </label>
            </div>
          </fieldset>
        );
      })}
      <Row>
        <Button kind="primary" onPress={() => onTake(chosen)}>
          {words.go}
        </Button>
      </Row>
    </section>
  );
}

const Value = ({ value }: { value: Json | undefined }) =>
  value === undefined || value === "" ? (
    <em>{words.nothing}</em>
  ) : (
    <pre tabIndex={0}>{typeof value === "string" ? value : JSON.stringify(value, null, isObject(value) ? 2 : 0)}</pre>
  );
