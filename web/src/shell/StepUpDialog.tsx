import { KeyRound } from "lucide-react";
import { useState } from "react";
import { hasPasskeys } from "../api/passkeys";
import { useSecurity, useStepUp, useStepUpPasskey } from "../api/security";
import { session } from "../api/session";
import { Button } from "../parts/Button";
import { CodeField, RecoveryCodeField } from "../parts/CodeField";
import { Dialog } from "../parts/Dialog";
import { SecretField } from "../parts/Field";
import { Segments } from "../parts/Segments";
import { ActProblem } from "../parts/States";
import { stepUp as words } from "../texts/security";

type Way = keyof typeof words.ways;

/** Who is signed in already proves once more that it is them; what asked for it goes on by itself. */
export function StepUpDialog() {
  const { data } = useSecurity();
  const [chosen, setChosen] = useState<Way>("password");
  const ways: Way[] = ["password", ...(data?.totp ? (["code"] as const) : []), ...(data?.passkeys.length && hasPasskeys ? (["passkey"] as const) : [])];
  return (
    <Dialog title={words.title} onClose={() => session.answer(false)}>
      <p>{words.text}</p>
      {ways.length > 1 && (
        <Segments label={words.way} value={chosen} options={Object.fromEntries(ways.map((way) => [way, words.ways[way]])) as Record<Way, string>} onChoose={setChosen} />
      )}
      {chosen === "passkey" ? <ByPasskey /> : <ByTyping key={chosen} isCode={chosen === "code"} />}
    </Dialog>
  );
}

const goOn = () => session.answer(true);

function ByTyping({ isCode }: { isCode: boolean }) {
  const [typed, setTyped] = useState("");
  const [isRecovery, setRecovery] = useState(false);
  const act = useStepUp(goOn);
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        act.press(!isCode ? { password: typed } : isRecovery ? { recoveryCode: typed.trim() } : { code: typed });
      }}
    >
      {!isCode ? (
        <SecretField label={words.password} name="password" autoComplete="current-password" required value={typed} onType={setTyped} />
      ) : isRecovery ? (
        <RecoveryCodeField value={typed} onType={setTyped} />
      ) : (
        <CodeField value={typed} onType={setTyped} />
      )}
      <ActProblem act={act} />
      <Button kind="primary" type="submit" busy={act.busy} wide>
        {words.submit}
      </Button>
      {isCode && (
        <Button
          kind="quiet"
          wide
          onPress={() => {
            setRecovery(!isRecovery);
            setTyped("");
            act.clear();
          }}
        >
          {isRecovery ? words.app : words.recovery}
        </Button>
      )}
    </form>
  );
}

function ByPasskey() {
  const act = useStepUpPasskey(goOn);
  return (
    <>
      <ActProblem act={act} />
      <Button kind="primary" icon={<KeyRound />} busy={act.busy} wide onPress={() => act.press()}>
        {words.passkey}
      </Button>
    </>
  );
}
