import { type ReactNode, useState } from "react";
import type { Act } from "../api/act";
import { stepUp as words } from "../texts/security";
import { Button } from "./Button";
import { CodeField, RecoveryCodeField } from "./CodeField";
import { Dialog } from "./Dialog";
import { SecretField } from "./Field";
import { Segments } from "./Segments";
import { ActProblem } from "./States";

export type ProofWay = keyof typeof words.ways;

/** One of them. */
export interface ProofTyped {
  password?: string;
  code?: string;
  recoveryCode?: string;
}

interface Props {
  ways: readonly ProofWay[];
  act: Act<ProofTyped, unknown>;
  /** In the place of what is typed. */
  passkey?: ReactNode;
  onClose: () => void;
}

/** Whoever sits here proves who they are. */
export function ProofDialog({ ways, act, passkey, onClose }: Props) {
  const [chosen, setChosen] = useState<ProofWay>("password");
  const choose = (way: ProofWay) => {
    act.clear();
    setChosen(way);
  };
  return (
    <Dialog title={words.title} onClose={onClose}>
      <p>{words.text}</p>
      {ways.length > 1 && (
        <Segments
          label={words.way}
          value={chosen}
          options={Object.fromEntries(ways.map((way) => [way, words.ways[way]])) as Record<ProofWay, string>}
          onChoose={choose}
        />
      )}
      {chosen === "passkey" ? passkey : <ByTyping key={chosen} isCode={chosen === "code"} act={act} />}
    </Dialog>
  );
}

function ByTyping({ isCode, act }: { isCode: boolean; act: Act<ProofTyped, unknown> }) {
  const [typed, setTyped] = useState("");
  const [isRecovery, setRecovery] = useState(false);
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
