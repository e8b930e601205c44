import { Bot, Ellipsis, Play, Plus } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "../../parts/Button";
import { Copyable, Id } from "../../parts/Copy";
import { Curl } from "../../parts/Curl";
import { DataTable } from "../../parts/DataTable";
import { Dialog } from "../../parts/Dialog";
import { Choice, Field, SecretField, Select, TextArea } from "../../parts/Field";
import { Card, Facts, Page, Row, Split, Stack } from "../../parts/Layout";
import { Menu, MenuItem } from "../../parts/Menu";
import { Meter } from "../../parts/Meter";
import { OperationStrip } from "../../parts/OperationStrip";
import { Empty, ProblemCard, Skeleton } from "../../parts/States";
import { BotStatus } from "../../parts/BotStatus";
import { Status } from "../../parts/Status";
import { StepList } from "../../parts/StepList";
import { Countdown, Elapsed, Time } from "../../parts/Time";
import { toast, Toasts } from "../../parts/Toast";
import { UndoBar } from "../../parts/UndoBar";
import { Waterfall } from "../../parts/Waterfall";
import { ThemeSwitch } from "../../shell/ThemeSwitch";
import { kit as words } from "../../texts/kit";
import { statusWords } from "../../texts/operations";
import type { DeploymentStatus, Tone } from "../../api/types";
import css from "./Kit.module.css";
import { KitBot } from "./KitBot";
import { operation, problems, steps, times } from "./samples";

const tones: Tone[] = ["ok", "busy", "warn", "bad", "idle"];
const statuses = Object.keys(statusWords) as DeploymentStatus[];
const nothing = () => undefined;

/** Each component in each state, to be looked at. */
export const Kit = () => (
  <main className={css.page}>
    <Page title={words.title} intro={words.intro} actions={<ThemeSwitch />}>
      <Split>
        <Stack>
          <Buttons />
          <Fields />
          <Card title={words.states}>
            <Stack gap="small">
              {problems.map((problem) => (
                <ProblemCard key={problem.kind} problem={problem} onAgain={nothing} />
              ))}
              <Skeleton />
              <Empty icon={<Bot />} {...words.empty} action={<Button kind="primary">{words.open}</Button>} />
            </Stack>
          </Card>
        </Stack>
        <Stack>
          <Card title={words.status}>
            <Stack gap="small">
              <Row>{statuses.map((status) => <BotStatus key={status} status={status} pill />)}</Row>
              <Row>{tones.map((tone) => <Status key={tone} tone={tone} word={tone} />)}</Row>
            </Stack>
          </Card>
          <Card title={words.times}>
            <Facts
              facts={[
                ["Time", <Time key="time" at={times.past} />],
                ["Elapsed", <Elapsed key="elapsed" since={times.past} />],
                ["Countdown", <Countdown key="countdown" until={times.future} />],
                ["Id", <Id key="id" value="dep_01kb4k2m9xq7z5f0a1b2c3d4e5" />],
                ["Copyable", <Copyable key="copyable" value="ada-7xq.bots.example.com" />],
                ["Meter", <Meter key="meter" label={words.meter} words={words.meterWords} value={94} max={100} tone="bad" />],
              ]}
            />
          </Card>
          <Card title={words.strip}>
            <Stack gap="small">
              <OperationStrip id={operation.id} />
              <UndoBar until={times.future} onUndo={nothing} busy={false} problem={null}>
                {words.undo}
              </UndoBar>
            </Stack>
          </Card>
          <Card title={words.steps}>
            <Stack>
              <StepList steps={steps} />
              <Waterfall steps={steps} />
            </Stack>
          </Card>
          <Overlays />
        </Stack>
      </Split>
      <KitBot />
      <Card title={words.table} flush>
        <DataTable
          label={words.table}
          rows={steps}
          id={(step) => step.name}
          columns={[
            { title: "title", cell: (step) => step.title },
            { title: "detail", cell: (step) => step.detail, wide: true },
            { title: "attempt", cell: (step) => step.attempt, end: true },
          ]}
        />
      </Card>
    </Page>
    <Toasts />
  </main>
);

const Buttons = () => (
  <Card title={words.buttons}>
    <Stack gap="small">
      {([undefined, words.why] as const).map((why) => (
        <Row key={why ?? ""}>
          <Button kind="primary" why={why}>{words.primary}</Button>
          <Button why={why} icon={<Plus />}>{words.secondary}</Button>
          <Button kind="danger" why={why}>{words.danger}</Button>
          <Button kind="quiet" why={why}>{words.quiet}</Button>
          <Button size="small" why={why}>{words.small}</Button>
        </Row>
      ))}
      <Row>
        <Button kind="primary" busy>{words.busy}</Button>
        <Button busy>{words.busy}</Button>
        <IconButton label={words.open} icon={<Ellipsis />} />
      </Row>
    </Stack>
  </Card>
);

function Fields() {
  const [text, setText] = useState<string>(words.text);
  const [choice, setChoice] = useState("primary");
  return (
    <Card title={words.fields}>
      <Stack gap="small">
        <Field label={words.field} hint={words.hint} value={text} onType={setText} />
        <Field label={words.field} error={words.error} optional value={text} onType={setText} />
        <SecretField label={words.field} value={text} onType={setText} />
        <TextArea label={words.field} value={text} onType={setText} />
        <Select label={words.choice} hint={words.hint} value={choice} onType={setChoice} options={[{ value: "primary", name: words.primary }, { value: "quiet", name: words.quiet }]} />
        <Choice
          legend={words.choice}
          value={choice}
          onChoose={setChoice}
          options={[
            { value: "primary", title: words.primary, text: words.hint, aside: words.small },
            { value: "quiet", title: words.quiet },
          ]}
        />
        <Curl method="PATCH" path="/deployments/dep_kit" body={{ name: text }} />
      </Stack>
    </Card>
  );
}

function Overlays() {
  const [open, setOpen] = useState(false);
  return (
    <Card title={words.overlays}>
      <Row>
        <Button onPress={() => setOpen(true)}>{words.open}</Button>
        <Button onPress={() => toast(words.toast)}>{words.toast}</Button>
        <Menu opener={(target) => <IconButton label={words.overlays} icon={<Ellipsis />} popoverTarget={target} />}>
          <MenuItem icon={<Play />} hint={words.key} onPress={nothing}>{words.item}</MenuItem>
          <MenuItem icon={<Play />} why={words.why} onPress={nothing}>{words.item}</MenuItem>
          <MenuItem danger onPress={nothing}>{words.danger}</MenuItem>
        </Menu>
      </Row>
      {open && (
        <Dialog title={words.dialog} onClose={() => setOpen(false)} actions={<Button onPress={() => setOpen(false)}>{words.stopped}</Button>}>
          <p>{words.why}</p>
        </Dialog>
      )}
    </Card>
  );
}
