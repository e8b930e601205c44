import { useState } from "react";
import type { Act } from "../api/act";
import type { SecondFactorNeeded } from "../api/types";
import { signIn as words } from "../texts/signIn";
import { Button } from "./Button";
import { CodeField, RecoveryCodeField } from "./CodeField";
import { ActProblem } from "./States";

export interface SecondTyped {
  challenge: string;
  code?: string;
  recoveryCode?: string;
}

interface Props {
  needed: SecondFactorNeeded;
  act: Act<SecondTyped, unknown>;
  submit: string;
  /** The password has to be typed again. */
  onOver: () => void;
  /** Told when the other way is chosen. */
  onWay?: (isRecovery: boolean) => void;
}

/** After the password: the code of the app, or one of those that were kept for when the phone is lost. */
export function SecondForm({ needed: { challenge, methods }, act, submit, onOver, onWay }: Props) {
  const [code, setCode] = useState("");
  const [isRecovery, setRecovery] = useState(!methods.includes("totp"));
  return (
    <form
      // The focus was on the password's form, which is gone.
      ref={focusField}
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        act.press({ challenge, ...(isRecovery ? { recoveryCode: code.trim() } : { code }) });
      }}
    >
      {isRecovery ? <RecoveryCodeField value={code} onType={setCode} /> : <CodeField value={code} onType={setCode} />}
      <ActProblem act={act} />
      {act.problem?.kind === "challenge-over" ? (
        <Button kind="primary" wide onPress={onOver}>
          {words.startOver}
        </Button>
      ) : (
        <Button kind="primary" type="submit" busy={act.busy} wide>
          {submit}
        </Button>
      )}
      {methods.includes("recovery-code") && methods.includes("totp") && (
        <Button
          kind="quiet"
          wide
          onPress={() => {
            setRecovery(!isRecovery);
            onWay?.(!isRecovery);
            setCode("");
            act.clear();
          }}
        >
          {isRecovery ? words.withApp : words.withRecovery}
        </Button>
      )}
    </form>
  );
}

const focusField = (form: HTMLFormElement | null) => form?.querySelector("input")?.focus();
