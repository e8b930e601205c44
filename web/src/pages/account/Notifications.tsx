import { useMe } from "../../api/account";
import { type Notification, type NotificationList, useChooseNotifications, useNotifications, useTestLetter } from "../../api/notifications";
import { useWorkplaces } from "../../api/people";
import { workplace } from "../../api/workplace";
import { Button } from "../../parts/Button";
import { Card, Page, Stack } from "../../parts/Layout";
import { Line, LineFacts, Rows } from "../../parts/Rows";
import { ActProblem, Loaded } from "../../parts/States";
import { Status } from "../../parts/Status";
import { Switch } from "../../parts/Switch";
import { toast } from "../../parts/Toast";
import { notifications as words } from "../../texts/notifications";
import { Devices } from "./Devices";
import css from "./Security.module.css";
import { Webhooks } from "./Webhooks";

/** What somebody is written to about, and which programs hear of what. */
export function NotificationsPage() {
  const me = useMe();
  const places = useWorkplaces();
  const letters = useNotifications();
  const here = workplace ?? me.data?.id;
  return (
    <Page title={words.title} intro={words.intro} narrow>
      <Loaded query={places}>
        {(all) => (
          <Loaded query={letters}>
            {(got) => (
              <Stack>
                <LettersCard {...got} />
                {me.data && <Devices person={me.data.id} />}
                {all.find(({ id }) => id === here)?.permissions.includes("manage") && <Webhooks />}
              </Stack>
            )}
          </Loaded>
        )}
      </Loaded>
    </Page>
  );
}

function LettersCard({ email, notifications }: NotificationList) {
  const choose = useChooseNotifications();
  const test = useTestLetter(() => toast(words.sent));
  const off = notifications.filter(({ mail }) => !mail).map(({ kind }) => kind);
  return (
    <Card title={words.letters} flush>
      <ActProblem act={choose} />
      <ActProblem act={test} />
      <p className={css.text}>{words.to(email)}</p>
      <Rows>
        {notifications.map((one) => (
          <One
            key={one.kind}
            notification={one}
            busy={test.busy}
            onTest={() => test.press(one.kind)}
            onTurn={(on) => choose.press(on ? off.filter((kind) => kind !== one.kind) : [...off, one.kind])}
          />
        ))}
      </Rows>
    </Card>
  );
}

interface Props {
  notification: Notification;
  busy: boolean;
  onTest: () => void;
  onTurn: (on: boolean) => void;
}

function One({ notification: { kind, mail, canBeOff }, busy, onTest, onTurn }: Props) {
  const { name, text } = words.kinds[kind];
  return (
    <Line
      below
      aside={
        <Button size="small" busy={busy} label={words.testOf(kind)} onPress={onTest}>
          {words.test}
        </Button>
      }
    >
      {canBeOff ? (
        <Switch label={name} text={text} on={mail} onTurn={onTurn} />
      ) : (
        <>
          <strong className={css.kind}>{name}</strong> <Status tone="ok" word={words.always} />
          <LineFacts>
            <span>{text}</span>
          </LineFacts>
        </>
      )}
    </Line>
  );
}
