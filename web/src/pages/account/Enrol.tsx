import { useState } from "react";
import type { Act } from "../../api/act";
import type { TotpBegun } from "../../api/types";
import { Button } from "../../parts/Button";
import { CodeField } from "../../parts/CodeField";
import { Copy } from "../../parts/Copy";
import { Dialog } from "../../parts/Dialog";
import { Qr } from "../../parts/Qr";
import { ActProblem } from "../../parts/States";
import { twoStep as words } from "../../texts/security";
import { RecoveryCodes } from "./RecoveryCodes";
import type { CodesShown } from "./TwoStep";
import css from "./Security.module.css";

interface Props {
  begun: TotpBegun;
  email: string;
  act: Act<string, CodesShown>;
  onClose: (done: boolean) => void;
}

/** The app learns the key and proves it with a code; then come the codes for when the phone is lost. */
export function Enrol({ begun: { qr, uri, secret }, email, act, onClose }: Props) {
  const [code, setCode] = useState("");
  if (act.answer) return <RecoveryCodes codes={act.answer.recoveryCodes} email={email} onClose={() => onClose(true)} />;
  return (
    <Dialog title={words.setUp} onClose={() => onClose(false)}>
      <p>{words.scan}</p>
      <div className={css.qr}>
        <Qr rows={qr} label={words.qr} />
        <a href={uri}>{words.onPhone}</a>
      </div>
      <div>
        <p>{words.byHand}</p>
        <div className={css.buttons}>
          <code className={css.key}>{secret.replaceAll(/(.{4})(?=.)/g, "$1 ")}</code>
          <Copy value={secret} thing={words.byHand} />
        </div>
      </div>
      <p>{words.afterwards}</p>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          act.press(code);
        }}
      >
        <CodeField value={code} onType={setCode} />
        <ActProblem act={act} />
        <Button kind="primary" type="submit" busy={act.busy} wide>
          {words.confirm}
        </Button>
      </form>
    </Dialog>
  );
}
