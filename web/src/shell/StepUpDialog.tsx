import { KeyRound } from "lucide-react";
import { hasPasskeys } from "../api/passkeys";
import { useSecurity, useStepUp, useStepUpPasskey } from "../api/security";
import { session } from "../api/session";
import { Button } from "../parts/Button";
import { ProofDialog } from "../parts/ProofDialog";
import { ActProblem } from "../parts/States";
import { stepUp as words } from "../texts/security";

/** Who is signed in already proves once more that it is them; what asked for it goes on by itself. */
export function StepUpDialog() {
  const { data } = useSecurity();
  const act = useStepUp(goOn);
  return (
    <ProofDialog
      ways={["password", ...(data?.totp ? (["code"] as const) : []), ...(data?.passkeys.length && hasPasskeys ? (["passkey"] as const) : [])]}
      act={act}
      passkey={<ByPasskey />}
      onClose={() => session.answer(false)}
    />
  );
}

const goOn = () => session.answer(true);

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
