import type { Operator } from "../../api/staff";
import {
  useStaffConfirmTotp, useStaffEndOthers, useStaffLookAgain, useStaffNewCodes, useStaffPassword, useStaffRevoke, useStaffSecurity, useStaffSessions,
  useStaffTotp, useStaffTotpOff,
} from "../../api/staffSecurity";
import type { Security } from "../../api/types";
import { Card, Facts, Page, Split, Stack } from "../../parts/Layout";
import { PasswordForm } from "../../parts/PasswordForm";
import { Loaded, Skeleton } from "../../parts/States";
import { toast } from "../../parts/Toast";
import { staffSecurity as words } from "../../texts/opsSignIn";
import { password, sessions, twoStep } from "../../texts/security";
import { PasswordChangeCard } from "../account/PasswordCard";
import { SessionsCard } from "../account/Sessions";
import { TwoStepCard } from "../account/TwoStep";

/** What lets an operator in. */
export function StaffSecurity() {
  const security = useStaffSecurity();
  const lookAgain = useStaffLookAgain();
  return (
    <Page title={words.title} intro={words.intro}>
      <Loaded query={security} skeleton={<Skeleton lines={3} height={160} />}>
        {({ email, passwordChangedAt, totp }) => (
          <Split>
            <Stack>
              <Card>
                <Facts facts={[[words.email, email]]} />
              </Card>
              <PasswordChangeCard changed={passwordChangedAt} form={(onDone) => <Change email={email} onDone={onDone} />} />
              <SignIns />
            </Stack>
            <Factor email={email} totp={totp} onKept={() => void lookAgain()} />
          </Split>
        )}
      </Loaded>
    </Page>
  );
}

function SignIns() {
  const others = useStaffEndOthers(() => toast(sessions.othersDone));
  return <SessionsCard query={useStaffSessions()} revoke={useStaffRevoke()} others={others} />;
}

function Change({ email, onDone }: { email: string; onDone: () => void }) {
  const act = useStaffPassword(onDone);
  return <PasswordForm email={email} act={act} asksCurrent note={password.warning} submit={password.submit} />;
}

function Factor({ email, totp, onKept }: { email: string; totp: Security["totp"]; onKept: () => void }) {
  const [begin, confirm, renew] = [useStaffTotp(), useStaffConfirmTotp(), useStaffNewCodes()];
  const off = useStaffTotpOff(() => toast(twoStep.turnedOff));
  return <TwoStepCard email={email} totp={totp} off={words.off} acts={{ begin, confirm, renew, off }} onKept={onKept} />;
}

/** What an operator does before anything else: a password of their own, and a second step. */
export function StaffBegin({ who, onDone }: { who: Operator; onDone: () => void }) {
  const lookAgain = useStaffLookAgain();
  return who.stage === "set-password" ? (
    <Page title={words.firstTitle} intro={words.firstIntro} narrow>
      <First who={who} onDone={onDone} />
    </Page>
  ) : (
    <Page title={words.secondTitle} intro={words.secondIntro} narrow>
      <Factor email={who.email} totp={null} onKept={() => void lookAgain().then(onDone)} />
    </Page>
  );
}

function First({ who, onDone }: { who: Operator; onDone: () => void }) {
  const act = useStaffPassword((now) => now.stage === "whole" && onDone());
  return (
    <Card>
      <PasswordForm email={who.email} act={act} submit={words.firstSubmit} />
    </Card>
  );
}
