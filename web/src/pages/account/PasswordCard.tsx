import { type ReactNode, useState } from "react";
import type { Security } from "../../api/types";
import { useChangePassword } from "../../api/security";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { Card } from "../../parts/Layout";
import { PasswordForm } from "../../parts/PasswordForm";
import { toast } from "../../parts/Toast";
import { password as words } from "../../texts/security";
import css from "./Security.module.css";

export const PasswordCard = ({ security: { email, passwordChangedAt } }: { security: Security }) => (
  <PasswordChangeCard changed={passwordChangedAt} form={(onDone) => <Change email={email} onDone={onDone} />} />
);

function Change({ email, onDone }: { email: string; onDone: () => void }) {
  const act = useChangePassword(onDone);
  return <PasswordForm email={email} act={act} asksCurrent note={words.warning} submit={words.submit} />;
}

interface Props {
  changed: string | null;
  form: (onDone: () => void) => ReactNode;
}

/** The same for whoever has one: customers and operators. */
export function PasswordChangeCard({ changed, form }: Props) {
  const [changing, setChanging] = useState(false);
  return (
    <Card title={words.title}>
      <div className={css.head}>
        <p>{words.text(changed)}</p>
        <Button onPress={() => setChanging(true)}>{words.change}</Button>
      </div>
      {changing && (
        <Dialog title={words.dialog} onClose={() => setChanging(false)}>
          {form(() => {
            toast(words.done);
            setChanging(false);
          })}
        </Dialog>
      )}
    </Card>
  );
}
