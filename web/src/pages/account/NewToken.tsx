import { useState } from "react";
import { useBots } from "../../api/bots";
import { permissions, type Permission, useNewToken } from "../../api/people";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { errorOf, Field } from "../../parts/Field";
import { ShownOnce } from "../../parts/ShownOnce";
import { ActProblem } from "../../parts/States";
import { tokens as words } from "../../texts/people";
import css from "./NewToken.module.css";

/** Makes a token, which is shown once. */
export function NewTokenDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState("");
  const [may, setMay] = useState<readonly Permission[]>(["read"]);
  const [bot, setBot] = useState("");
  const [days, setDays] = useState(90);
  const bots = useBots();
  const make = useNewToken();
  const error = errorOf(make.problem, "name") ?? errorOf(make.problem, "permissions");
  return (
    <Dialog title={words.dialog} onClose={onClose}>
      {make.answer ? (
        <div className="stack">
          <ShownOnce text={words.secret} value={make.answer.secret} done={words.done} onDone={onClose} />
        </div>
      ) : (
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            make.press({ name: name.trim(), permissions: [...may], deployment: bot === "" ? null : bot, days });
          }}
        >
          <Field label={words.name} hint={words.nameHint} name="name" autoComplete="off" required maxLength={60} value={name} onType={setName} error={error} />
          <fieldset className={css.may}>
            <legend>{words.legend}</legend>
            {permissions.map((one) => (
              <label key={one}>
                <input
                  type="checkbox"
                  checked={may.includes(one)}
                  onChange={({ target }) => setMay(target.checked ? [...may, one] : may.filter((other) => other !== one))}
                />
                <span>
                  <strong>{words.may[one].name}</strong> {words.may[one].text}
                </span>
              </label>
            ))}
          </fieldset>
          <label className={css.pick}>
            {words.bot}
            <select value={bot} onChange={(event) => setBot(event.target.value)}>
              <option value="">{words.all}</option>
              {bots.data?.map(({ id, name: called }) => (
                <option key={id} value={id}>
                  {called}
                </option>
              ))}
            </select>
          </label>
          <label className={css.pick}>
            {words.days}
            <select value={days} onChange={(event) => setDays(Number(event.target.value))}>
              {Object.entries(words.dayNames).map(([count, told]) => (
                <option key={count} value={count}>
                  {told}
                </option>
              ))}
            </select>
          </label>
          <ActProblem act={make} told={error} />
          <Button kind="primary" type="submit" busy={make.busy} wide>
            {words.submit}
          </Button>
        </form>
      )}
    </Dialog>
  );
}
