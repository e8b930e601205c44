import { useEffect, useRef, useState } from "react";
import type { SecondFactorNeeded } from "../../api/types";
import { useSecond } from "../../api/security";
import { Button } from "../../parts/Button";
import { CodeField, RecoveryCodeField } from "../../parts/CodeField";
import { ActProblem } from "../../parts/States";
import { signIn as words } from "../../texts/signIn";
import { PublicCard } from "./PublicCard";

interface Props {
  needed: SecondFactorNeeded;
  onDone: () => void;
  /** The password has to be typed again. */
  onOver: () => void;
}

/** After the password: the code of the app, or one of those that were kept for when the phone is lost. */
export function SecondFactor({ needed: { challenge, methods }, onDone, onOver }: Props) {
  const [code, setCode] = useState("");
  const [isRecovery, setRecovery] = useState(!methods.includes("totp"));
  const act = useSecond(onDone);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector("input")?.focus(), []);
  const isOver = act.problem?.kind === "challenge-over";
  return (
    <PublicCard
      title={words.secondTitle}
      intro={isRecovery ? words.recoveryIntro : words.secondIntro}
      other={
        <button type="button" className="link" onClick={onOver}>
          {words.startOver}
        </button>
      }
    >
      <form
        ref={form}
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          act.press({ challenge, ...(isRecovery ? { recoveryCode: code.trim() } : { code }) });
        }}
      >
        {isRecovery ? <RecoveryCodeField value={code} onType={setCode} /> : <CodeField value={code} onType={setCode} />}
        <ActProblem act={act} />
        {isOver ? (
          <Button kind="primary" wide onPress={onOver}>
            {words.startOver}
          </Button>
        ) : (
          <Button kind="primary" type="submit" busy={act.busy} wide>
            {words.submit}
          </Button>
        )}
        {methods.includes("recovery-code") && methods.includes("totp") && (
          <Button
            kind="quiet"
            wide
            onPress={() => {
              setRecovery(!isRecovery);
              setCode("");
              act.clear();
            }}
          >
            {isRecovery ? words.withApp : words.withRecovery}
          </Button>
        )}
      </form>
    </PublicCard>
  );
}
