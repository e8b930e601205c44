import { Plus } from "lucide-react";
import { useState } from "react";
import type { Security } from "../../api/types";
import { hasPasskeys } from "../../api/passkeys";
import { useAddPasskey, useRemovePasskey } from "../../api/security";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { errorOf, Field } from "../../parts/Field";
import { Card } from "../../parts/Layout";
import { Line, LineFacts, Rows } from "../../parts/Rows";
import { ActProblem } from "../../parts/States";
import { Time } from "../../parts/Time";
import { toast } from "../../parts/Toast";
import { passkeys as words } from "../../texts/security";
import css from "./Security.module.css";

export function Passkeys({ security: { passkeys, emailVerifiedAt } }: { security: Security }) {
  const [adding, setAdding] = useState(false);
  const remove = useRemovePasskey();
  return (
    <Card
      title={words.title}
      flush
      actions={
        <Button
          size="small"
          icon={<Plus />}
          why={!hasPasskeys ? words.noSupport : emailVerifiedAt === null ? words.unconfirmed : null}
          onPress={() => setAdding(true)}
        >
          {words.add}
        </Button>
      }
    >
      <p className={css.text}>
        {words.text} {passkeys.length === 0 && words.none}
      </p>
      <ActProblem act={remove} />
      {passkeys.length > 0 && (
        <Rows>
          {passkeys.map(({ id, name, createdAt, lastUsedAt }) => (
            <Line
              key={id}
              aside={
                <Button size="small" label={words.removeOf(name)} busy={remove.busy} onPress={() => remove.press(id)}>
                  {words.remove}
                </Button>
              }
            >
              <strong>{name}</strong>
              <LineFacts>
                <span>
                  {words.made} <Time at={createdAt} as="date" />
                </span>
                <span>
                  {lastUsedAt === null ? (
                    words.never
                  ) : (
                    <>
                      {words.used} <Time at={lastUsedAt} />
                    </>
                  )}
                </span>
              </LineFacts>
            </Line>
          ))}
        </Rows>
      )}
      {adding && <Add onClose={() => setAdding(false)} />}
    </Card>
  );
}

function Add({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState<string>(words.suggestion);
  const act = useAddPasskey(() => {
    toast(words.added);
    onClose();
  });
  const error = errorOf(act.problem, "name");
  return (
    <Dialog title={words.dialog} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          act.press(name.trim());
        }}
      >
        <Field label={words.name} hint={words.nameHint} name="name" autoComplete="off" required maxLength={60} value={name} onType={setName} error={error} />
        <ActProblem act={act} told={error} />
        <Button kind="primary" type="submit" busy={act.busy} wide>
          {words.submit}
        </Button>
      </form>
    </Dialog>
  );
}
