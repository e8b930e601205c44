import { useState } from "react";
import { useNewWebhook } from "../../api/notifications";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { errorOf, Field } from "../../parts/Field";
import { ShownOnce } from "../../parts/ShownOnce";
import { ActProblem } from "../../parts/States";
import { webhooks as words } from "../../texts/notifications";
import css from "./NewToken.module.css";

/** Makes a webhook, whose secret is shown once. */
export function NewWebhookDialog({ types, onClose }: { types: readonly string[]; onClose: () => void }) {
  const [url, setUrl] = useState("");
  const [description, setDescription] = useState("");
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const make = useNewWebhook();
  const [wrongUrl, wrongDescription] = [errorOf(make.problem, "url"), errorOf(make.problem, "description")];
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
            make.press({ url: url.trim(), description: description.trim(), types: [...chosen] });
          }}
        >
          <Field label={words.url} hint={words.urlHint} type="url" name="url" autoComplete="off" required maxLength={500} value={url} onType={setUrl} error={wrongUrl} />
          <Field label={words.description} optional name="description" autoComplete="off" maxLength={100} value={description} onType={setDescription} error={wrongDescription} />
          <fieldset className={css.may}>
            <legend>{words.legend}</legend>
            <label>
              <input type="checkbox" checked={chosen.length === 0} onChange={() => setChosen([])} />
              <span>{words.all}</span>
            </label>
            {types.map((one) => (
              <label key={one}>
                <input
                  type="checkbox"
                  aria-label={one}
                  checked={chosen.includes(one)}
                  onChange={({ target }) => setChosen(target.checked ? [...chosen, one] : chosen.filter((other) => other !== one))}
                />
                <span>
                  <code>{one}</code>
                </span>
              </label>
            ))}
          </fieldset>
          <ActProblem act={make} told={wrongUrl ?? wrongDescription} />
          <Button kind="primary" type="submit" busy={make.busy} wide>
            {words.submit}
          </Button>
        </form>
      )}
    </Dialog>
  );
}
