import { useState } from "react";
import type { SecondFactorNeeded } from "../../api/types";
import { useSecond } from "../../api/security";
import { SecondForm } from "../../parts/SecondForm";
import { signIn as words } from "../../texts/signIn";
import { PublicCard } from "./PublicCard";

interface Props {
  needed: SecondFactorNeeded;
  onDone: () => void;
  /** The password has to be typed again. */
  onOver: () => void;
}

export function SecondFactor({ needed, onDone, onOver }: Props) {
  const [isRecovery, setRecovery] = useState(!needed.methods.includes("totp"));
  const act = useSecond(onDone);
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
      <SecondForm needed={needed} act={act} submit={words.submit} onOver={onOver} onWay={setRecovery} />
    </PublicCard>
  );
}
