import { useEffect, useRef } from "react";
import { type Device, useDevices, useRemoveDevice, useTestDevice, useTurnOn } from "../../api/notifications";
import { isLost } from "../../api/push";
import { Button } from "../../parts/Button";
import { Card } from "../../parts/Layout";
import { Line, LineFacts, Rows } from "../../parts/Rows";
import { ActProblem, Loaded } from "../../parts/States";
import { Status } from "../../parts/Status";
import { Switch } from "../../parts/Switch";
import { Time } from "../../parts/Time";
import { toast } from "../../parts/Toast";
import { devices as words } from "../../texts/notifications";
import css from "./Security.module.css";
import own from "./Webhooks.module.css";

/** Browsers that show what somebody is written to about, this one first. */
export function Devices({ person }: { person: string }) {
  const query = useDevices();
  const on = useTurnOn(person);
  const remove = useRemoveDevice();
  const renewed = useRef(false);
  const known = query.data?.devices.map(({ id }) => id) ?? [];
  const turnOn = () => query.data && on.press({ publicKey: query.data.publicKey, known });

  // Once: where it does not help, somebody turns it on by hand.
  useEffect(() => {
    if (renewed.current || query.data === undefined || !isLost(person, known, query.data.here)) return;
    renewed.current = true;
    turnOn();
  });

  return (
    <Card title={words.title} flush>
      <ActProblem act={on} />
      <ActProblem act={remove} />
      <p className={css.text}>{words.text}</p>
      <Loaded query={query}>
        {({ devices, here: { can, id } }) => (
          <Rows>
            <Line>
              {can === "yes" ? (
                <Switch
                  label={words.turn}
                  text={id !== null && known.includes(id) ? words.on : words.off}
                  on={id !== null && known.includes(id)}
                  onTurn={(turned) => (turned ? turnOn() : id !== null && remove.press(id))}
                />
              ) : (
                words[can]
              )}
            </Line>
            {devices.map((one) => (
              <One key={one.id} device={one} isHere={one.id === id} busy={remove.busy} onRemove={() => remove.press(one.id)} />
            ))}
          </Rows>
        )}
      </Loaded>
    </Card>
  );
}

interface Props {
  device: Device;
  isHere: boolean;
  busy: boolean;
  onRemove: () => void;
}

function One({ device: { id, label, service, createdAt, lastSentAt }, isHere, busy, onRemove }: Props) {
  const test = useTestDevice(() => toast(words.tested));
  return (
    <Line>
      <strong>{label}</strong> {isHere && <Status {...words.here} />}
      <LineFacts>
        <span>
          <code>{service}</code>
        </span>
        <span>
          {words.added} <Time at={createdAt} as="date" />
        </span>
        <span>
          {lastSentAt === null ? (
            words.none
          ) : (
            <>
              {words.sent} <Time at={lastSentAt} />
            </>
          )}
        </span>
      </LineFacts>
      <div className={own.buttons}>
        <Button size="small" busy={test.busy} label={words.testOf(label)} onPress={() => test.press(id)}>
          {words.test}
        </Button>
        <Button size="small" busy={busy} label={words.removeOf(label)} onPress={onRemove}>
          {words.remove}
        </Button>
      </div>
      <ActProblem act={test} />
    </Line>
  );
}
