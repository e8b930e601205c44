import type { Security } from "../../api/types";
import { useNewCodes, useTotp, useTotpOff } from "../../api/security";
import { Button } from "../../parts/Button";
import { Card } from "../../parts/Layout";
import { ActProblem } from "../../parts/States";
import { Status } from "../../parts/Status";
import { toast } from "../../parts/Toast";
import { twoStep as words } from "../../texts/security";
import { Enrol } from "./Enrol";
import { RecoveryCodes } from "./RecoveryCodes";
import css from "./Security.module.css";

/** Whether the password alone is enough. */
export function TwoStep({ security: { email, emailVerifiedAt, totp } }: { security: Security }) {
  const begin = useTotp();
  const off = useTotpOff(() => toast(words.turnedOff));
  const renew = useNewCodes();
  return (
    <Card title={words.title} actions={<Status tone={totp ? "ok" : "idle"} word={totp ? words.onWord : words.offWord} />}>
      <div className="stack">
        {totp ? (
          <>
            <p>
              {words.on(totp.enabledAt)} {words.left(totp.recoveryCodesLeft)}
            </p>
            <div className={css.buttons}>
              <Button busy={renew.busy} onPress={() => renew.press()}>
                {words.renew}
              </Button>
              <Button kind="danger" busy={off.busy} onPress={() => off.press()}>
                {words.turnOff}
              </Button>
            </div>
          </>
        ) : (
          <div className={css.head}>
            <p>{words.off}</p>
            <Button busy={begin.busy} why={emailVerifiedAt === null ? words.unconfirmed : null} onPress={() => begin.press()}>
              {words.begin}
            </Button>
          </div>
        )}
        <ActProblem act={begin} />
        <ActProblem act={renew} />
        <ActProblem act={off} />
      </div>
      {begin.answer && (
        <Enrol
          begun={begin.answer}
          email={email}
          onClose={(done) => {
            begin.clear();
            if (done) toast(words.codesKept);
          }}
        />
      )}
      {renew.answer && (
        <RecoveryCodes
          codes={renew.answer.recoveryCodes}
          email={email}
          onClose={() => {
            renew.clear();
            toast(words.renewed);
          }}
        />
      )}
    </Card>
  );
}
