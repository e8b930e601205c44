import { useState } from "react";
import type { Security } from "../../api/types";
import { useChangePassword } from "../../api/security";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { errorOf, SecretField } from "../../parts/Field";
import { Card } from "../../parts/Layout";
import { NewPassword } from "../../parts/NewPassword";
import { ActProblem } from "../../parts/States";
import { toast } from "../../parts/Toast";
import { password as words } from "../../texts/security";
import css from "./Security.module.css";

export function PasswordCard({ security: { email, passwordChangedAt } }: { security: Security }) {
  const [changing, setChanging] = useState(false);
  return (
    <Card title={words.title}>
      <div className={css.head}>
        <p>{words.text(passwordChangedAt)}</p>
        <Button onPress={() => setChanging(true)}>{words.change}</Button>
      </div>
      {changing && <Change email={email} onClose={() => setChanging(false)} />}
    </Card>
  );
}

function Change({ email, onClose }: { email: string; onClose: () => void }) {
  const [current, setCurrent] = useState("");
  const [fresh, setFresh] = useState("");
  const act = useChangePassword(() => {
    toast(words.done);
    onClose();
  });
  const error = errorOf(act.problem, "password");
  return (
    <Dialog title={words.dialog} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          act.press({ password: fresh, current });
        }}
      >
        {/* For what keeps passwords, so that it knows whose it is. */}
        <input type="email" autoComplete="username" value={email} readOnly hidden />
        <SecretField label={words.current} name="current" autoComplete="current-password" required value={current} onType={setCurrent} />
        <NewPassword label={words.fresh} email={email} value={fresh} onType={setFresh} error={error} />
        <p>{words.warning}</p>
        <ActProblem act={act} told={error} />
        <Button kind="primary" type="submit" busy={act.busy} wide>
          {words.submit}
        </Button>
      </form>
    </Dialog>
  );
}
