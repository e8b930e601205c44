import type { Act } from "../../api/act";
import type { Security, TotpBegun } from "../../api/types";
import { useConfirmTotp, useNewCodes, useTotp, useTotpOff } from "../../api/security";
import { Button } from "../../parts/Button";
import { Card } from "../../parts/Layout";
import { ActProblem } from "../../parts/States";
import { Status } from "../../parts/Status";
import { toast } from "../../parts/Toast";
import { twoStep as words } from "../../texts/security";
import { Enrol } from "./Enrol";
import { RecoveryCodes } from "./RecoveryCodes";
import css from "./Security.module.css";

export interface CodesShown {
  recoveryCodes: readonly string[];
}

interface Props {
  email: string;
  totp: Security["totp"];
  /** What it is good for, where it is off. */
  off: string;
  /** Why it cannot be turned on now. */
  why?: string | null;
  acts: {
    begin: Act<void, TotpBegun>;
    confirm: Act<string, CodesShown>;
    renew: Act<void, CodesShown>;
    off: Act<void, unknown>;
  };
  /** It is on, and the codes are kept. */
  onKept?: () => void;
}

/** Whether the password alone is enough. */
export function TwoStep({ security: { email, emailVerifiedAt, totp } }: { security: Security }) {
  const [begin, confirm, renew] = [useTotp(), useConfirmTotp(), useNewCodes()];
  const off = useTotpOff(() => toast(words.turnedOff));
  const why = emailVerifiedAt === null ? words.unconfirmed : null;
  return <TwoStepCard email={email} totp={totp} off={words.off} why={why} acts={{ begin, confirm, renew, off }} />;
}

/** The same for whoever has one: customers and operators. */
export function TwoStepCard({ email, totp, off, why = null, acts, onKept }: Props) {
  return (
    <Card title={words.title} actions={<Status tone={totp ? "ok" : "idle"} word={totp ? words.onWord : words.offWord} />}>
      <div className="stack">
        {totp ? (
          <>
            <p>
              {words.on(totp.enabledAt)} {words.left(totp.recoveryCodesLeft)}
            </p>
            <div className={css.buttons}>
              <Button busy={acts.renew.busy} onPress={() => acts.renew.press()}>
                {words.renew}
              </Button>
              <Button kind="danger" busy={acts.off.busy} onPress={() => acts.off.press()}>
                {words.turnOff}
              </Button>
            </div>
          </>
        ) : (
          <div className={css.head}>
            <p>{off}</p>
            <Button busy={acts.begin.busy} why={why} onPress={() => acts.begin.press()}>
              {words.begin}
            </Button>
          </div>
        )}
        <ActProblem act={acts.begin} />
        <ActProblem act={acts.renew} />
        <ActProblem act={acts.off} />
      </div>
      {acts.begin.answer && (
        <Enrol
          begun={acts.begin.answer}
          email={email}
          act={acts.confirm}
          onClose={(done) => {
            acts.begin.clear();
            acts.confirm.clear();
            if (done) {
              toast(words.codesKept);
              onKept?.();
            }
          }}
        />
      )}
      {acts.renew.answer && (
        <RecoveryCodes
          codes={acts.renew.answer.recoveryCodes}
          email={email}
          onClose={() => {
            acts.renew.clear();
            toast(words.renewed);
          }}
        />
      )}
    </Card>
  );
}
