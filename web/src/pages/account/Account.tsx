import { useState } from "react";
import { useMe } from "../../api/account";
import { useSecurity } from "../../api/security";
import { Button, ButtonLink } from "../../parts/Button";
import { Id } from "../../parts/Copy";
import { Card, Facts, Page, Row, Split, Stack } from "../../parts/Layout";
import { ActProblem, Loaded, Skeleton } from "../../parts/States";
import { Status } from "../../parts/Status";
import { Switch } from "../../parts/Switch";
import { Time } from "../../parts/Time";
import { useLeave } from "../../shell/AccountMenu";
import { turnSingleKeys, useSingleKeys } from "../../shell/keys";
import { account as words } from "../../texts/bots";
import { keyboard } from "../../texts/rehearsal";
import { notifications } from "../../texts/notifications";
import { people } from "../../texts/people";
import { address } from "../../texts/security";
import { ChangeAddress } from "./ChangeAddress";
import { CloseAccount } from "./CloseAccount";
import { Passkeys } from "./Passkeys";
import { PasswordCard } from "./PasswordCard";
import { Sessions } from "./Sessions";
import { TwoStep } from "./TwoStep";

/** Who somebody is, how they prove it, and where they are signed in. */
export function AccountPage() {
  const leave = useLeave();
  const security = useSecurity();
  const hasKeys = useSingleKeys();
  return (
    <Page
      title={words.title}
      actions={
        <>
        <ButtonLink to="/account/notifications">{notifications.title}</ButtonLink>
        <ButtonLink to="/account/people">{people.title}</ButtonLink>
        <Button busy={leave.busy} onPress={() => leave.press()}>
          {words.signOut}
        </Button>
        </>
      }
    >
      <ActProblem act={leave} />
      <Split>
        <Stack>
          <Profile />
          <Sessions />
          <Card title={keyboard.title}>
            <Switch label={keyboard.label} text={hasKeys ? keyboard.on : keyboard.off} on={hasKeys} onTurn={turnSingleKeys} />
          </Card>
          <CloseAccount />
        </Stack>
        <Loaded query={security} skeleton={<Skeleton lines={3} height={160} />}>
          {(got) => (
            <Stack>
              <PasswordCard security={got} />
              <TwoStep security={got} />
              <Passkeys security={got} />
            </Stack>
          )}
        </Loaded>
      </Split>
    </Page>
  );
}

function Profile() {
  const me = useMe();
  const [changing, setChanging] = useState(false);
  return (
    <Card>
      <Loaded query={me}>
        {({ email, emailVerifiedAt, createdAt, id }) => (
          <Facts
            facts={[
              [
                words.email,
                <Row key="email">
                  {email} <Status tone={emailVerifiedAt === null ? "warn" : "ok"} word={emailVerifiedAt === null ? address.unconfirmed : address.confirmed} />
                  <Button onPress={() => setChanging(true)}>{address.change}</Button>
                </Row>,
              ],
              [words.since, <Time key="since" at={createdAt} as="date" />],
              [words.id, <Id key="id" value={id} />],
            ]}
          />
        )}
      </Loaded>
      {changing && <ChangeAddress onClose={() => setChanging(false)} />}
    </Card>
  );
}
