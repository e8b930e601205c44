import { KeyRound } from "lucide-react";
import { hasPasskeys } from "../../api/passkeys";
import { usePasskeyLogin } from "../../api/security";
import { Button } from "../../parts/Button";
import { ActProblem } from "../../parts/States";
import { signIn as words } from "../../texts/signIn";

/** No address is typed: the authenticator offers the accounts that it knows. */
export function PasskeySignIn({ onDone }: { onDone: () => void }) {
  const act = usePasskeyLogin(onDone);
  if (!hasPasskeys) return null;
  return (
    <>
      <Button icon={<KeyRound />} busy={act.busy} wide onPress={() => act.press()}>
        {words.passkey}
      </Button>
      <ActProblem act={act} />
    </>
  );
}
