import { useState } from "react";
import { useChangeAddress } from "../../api/security";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { errorOf, Field } from "../../parts/Field";
import { ActProblem } from "../../parts/States";
import { toast } from "../../parts/Toast";
import { address as words } from "../../texts/security";

/** Asks for another address, and sends a link there. */
export function ChangeAddress({ onClose }: { onClose: () => void }) {
  const [email, setEmail] = useState("");
  const act = useChangeAddress((sent) => {
    toast(words.sent(sent));
    onClose();
  });
  const error = errorOf(act.problem, "email");
  return (
    <Dialog title={words.dialog} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          act.press(email);
        }}
      >
        <Field label={words.fresh} name="email" type="email" autoComplete="email" required value={email} onType={setEmail} error={error} />
        <p>{words.text}</p>
        <ActProblem act={act} told={error} />
        <Button kind="primary" type="submit" busy={act.busy} wide>
          {words.submit}
        </Button>
      </form>
    </Dialog>
  );
}
