import { Plus } from "lucide-react";
import { useState } from "react";
import { useDeleteWebhook, useNewSecret, useTestWebhook, useTurnWebhook, useWebhooks, type Webhook } from "../../api/notifications";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { Card } from "../../parts/Layout";
import { Line, LineFacts, Rows } from "../../parts/Rows";
import { ShownOnce } from "../../parts/ShownOnce";
import { ActProblem, Loaded } from "../../parts/States";
import { Status } from "../../parts/Status";
import { Time } from "../../parts/Time";
import { webhooks as words } from "../../texts/notifications";
import { Deliveries } from "./Deliveries";
import { NewWebhookDialog } from "./NewWebhook";
import css from "./Security.module.css";
import own from "./Webhooks.module.css";

/** Servers that hear of what happens. */
export function Webhooks() {
  const query = useWebhooks();
  const [making, setMaking] = useState(false);
  return (
    <Card
      title={words.title}
      flush
      actions={
        <Button size="small" icon={<Plus />} onPress={() => setMaking(true)}>
          {words.add}
        </Button>
      }
    >
      <p className={css.text}>
        {words.text} {query.data?.webhooks.length === 0 && words.none}
      </p>
      <Loaded query={query}>
        {({ webhooks }) => (
          <Rows>
            {webhooks.map((one) => (
              <One key={one.id} webhook={one} />
            ))}
          </Rows>
        )}
      </Loaded>
      {making && <NewWebhookDialog types={query.data?.eventTypes ?? []} onClose={() => setMaking(false)} />}
    </Card>
  );
}

const hostOf = (url: string) => new URL(url).host;

const stateOf = ({ disabledWhy, failingSince }: Webhook) => (disabledWhy !== null ? words.off(disabledWhy) : failingSince !== null ? words.failing : words.on);

function One({ webhook }: { webhook: Webhook }) {
  const { id, url, description, types, failingSince, formerSecretUntil, disabledWhy } = webhook;
  const [open, setOpen] = useState(false);
  const [asking, setAsking] = useState<"secret" | "delete" | null>(null);
  const test = useTestWebhook(id);
  const turn = useTurnWebhook();
  const host = hostOf(url);
  const close = () => setAsking(null);
  return (
    <Line>
      <strong>{description === "" ? host : description}</strong> <Status {...stateOf(webhook)} />
      <LineFacts>
        <span>
          <code>{url}</code>
        </span>
        <span>{types.length === 0 ? words.every : types.join(", ")}</span>
        {failingSince !== null && (
          <span>
            {words.since} <Time at={failingSince} />
          </span>
        )}
        {formerSecretUntil !== null && (
          <span>
            {words.former} <Time at={formerSecretUntil} as="date" />
          </span>
        )}
      </LineFacts>
      <div className={own.buttons}>
        <Button
          size="small"
          busy={test.busy}
          label={words.of(words.actions.test, host)}
          onPress={() => {
            test.press();
            setOpen(true);
          }}
        >
          {words.actions.test}
        </Button>
        <Button size="small" expanded={open} label={words.of(words.actions.deliveries, host)} onPress={() => setOpen(!open)}>
          {words.actions.deliveries}
        </Button>
        <Button size="small" label={words.of(words.actions.secret, host)} onPress={() => setAsking("secret")}>
          {words.actions.secret}
        </Button>
        <Button
          size="small"
          busy={turn.busy}
          label={words.of(disabledWhy === null ? words.actions.pause : words.actions.resume, host)}
          onPress={() => turn.press({ webhook: id, enabled: disabledWhy !== null })}
        >
          {disabledWhy === null ? words.actions.pause : words.actions.resume}
        </Button>
        <Button
          size="small"
          label={words.of(words.actions.delete, host)}
          onPress={() => {
            setOpen(false);
            setAsking("delete");
          }}
        >
          {words.actions.delete}
        </Button>
      </div>
      <ActProblem act={test} />
      <ActProblem act={turn} />
      {open && <Deliveries webhook={id} />}
      {asking === "secret" && <SecretDialog webhook={id} onClose={close} />}
      {asking === "delete" && <DeleteDialog webhook={id} host={host} onClose={close} />}
    </Line>
  );
}

interface DialogProps {
  webhook: string;
  onClose: () => void;
}

function SecretDialog({ webhook, onClose }: DialogProps) {
  const rotate = useNewSecret();
  return (
    <Dialog title={words.secretTitle} onClose={onClose}>
      <div className="stack">
        <p>{words.secretText}</p>
        <ActProblem act={rotate} />
        {rotate.answer ? (
          <ShownOnce text={words.secret} value={rotate.answer.secret} done={words.done} onDone={onClose} />
        ) : (
          <Button kind="primary" wide busy={rotate.busy} onPress={() => rotate.press(webhook)}>
            {words.actions.secret}
          </Button>
        )}
      </div>
    </Dialog>
  );
}

function DeleteDialog({ webhook, host, onClose }: DialogProps & { host: string }) {
  const remove = useDeleteWebhook();
  return (
    <Dialog
      title={words.deleteTitle(host)}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{words.keep}</Button>
          <Button kind="danger" busy={remove.busy} onPress={() => remove.press(webhook)}>
            {words.actions.delete}
          </Button>
        </>
      }
    >
      <p>{words.deleteText}</p>
      <ActProblem act={remove} />
    </Dialog>
  );
}
