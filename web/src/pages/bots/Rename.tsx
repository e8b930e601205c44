import { useState } from "react";
import { useRename } from "../../api/bots";
import type { Deployment } from "../../api/types";
import { Button } from "../../parts/Button";
import { Curl } from "../../parts/Curl";
import { Dialog } from "../../parts/Dialog";
import { errorOf, Field } from "../../parts/Field";
import { ProblemCard } from "../../parts/States";
import { bot as words } from "../../texts/bots";

export function Rename({ bot, onClose }: { bot: Deployment; onClose: () => void }) {
  const [name, setName] = useState(bot.name);
  const rename = useRename(bot.id, onClose);
  const error = errorOf(rename.problem, "name");
  return (
    <Dialog title={words.renameTitle} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          rename.press(name);
        }}
      >
        <Field label={words.name} required maxLength={60} value={name} onType={setName} error={error} hint={words.renameHint} />
        {rename.problem && !error && <ProblemCard problem={rename.problem} onAgain={rename.again} />}
        <Button kind="primary" type="submit" busy={rename.busy}>
          {words.save}
        </Button>
        <Curl method="PATCH" path={`/deployments/${bot.id}`} body={{ name }} />
      </form>
    </Dialog>
  );
}
