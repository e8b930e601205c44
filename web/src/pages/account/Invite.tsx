import { useState } from "react";
import { roles, type Role, useInvite } from "../../api/people";
import { Button } from "../../parts/Button";
import { Copyable } from "../../parts/Copy";
import { Dialog } from "../../parts/Dialog";
import { Choice, errorOf, Field } from "../../parts/Field";
import { ActProblem } from "../../parts/States";
import { members as words } from "../../texts/people";

/** Makes a link for one person, which is shown once. */
export function Invite({ onClose }: { onClose: () => void }) {
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const invite = useInvite();
  const error = errorOf(invite.problem, "email");
  return (
    <Dialog title={words.dialog} onClose={onClose}>
      {invite.answer ? (
        <div className="stack">
          <p>{words.link(invite.answer.invitation.email)}</p>
          <Copyable value={invite.answer.link} />
          <Button kind="primary" wide onPress={onClose}>
            {words.done}
          </Button>
        </div>
      ) : (
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            invite.press({ email: email.trim(), role });
          }}
        >
          <Field label={words.email} hint={words.emailHint} type="email" name="email" autoComplete="off" required value={email} onType={setEmail} error={error} />
          <Choice
            legend={words.legend}
            value={role}
            onChoose={setRole}
            options={roles.map((one) => ({ value: one, title: words.roles[one].name, text: words.roles[one].text }))}
          />
          <ActProblem act={invite} told={error} />
          <Button kind="primary" type="submit" busy={invite.busy} wide>
            {words.submit}
          </Button>
        </form>
      )}
    </Dialog>
  );
}
