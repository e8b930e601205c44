import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { type StaffVmBot, type StaffVmDetail, useVm, useVmWish } from "../../api/staff";
import { Button } from "../../parts/Button";
import { Copyable } from "../../parts/Copy";
import { type Column, DataTable } from "../../parts/DataTable";
import { Dialog } from "../../parts/Dialog";
import { Card, Facts, Page, Split } from "../../parts/Layout";
import { Meter } from "../../parts/Meter";
import { Empty, Loaded, ProblemCard, Skeleton } from "../../parts/States";
import { Time } from "../../parts/Time";
import { toast } from "../../parts/Toast";
import type { DeploymentStatus } from "../../api/types";
import { megabytes } from "../../texts/format";
import { statusWords } from "../../texts/operations";
import { ops, opsVms as words } from "../../texts/ops";
import { fillTone, Heard, VmState } from "./vmParts";
import css from "./Ops.module.css";

const stateOf = (status: string | null) => (status !== null && status in statusWords ? statusWords[status as DeploymentStatus].word : (status ?? ops.unknown));

const columns: readonly Column<StaffVmBot>[] = [
  {
    title: words.bot,
    cell: (bot) => (
      <div className={css.text}>
        <Link to="/ops/audit" search={{ q: bot.deployment }}>
          {bot.name ?? words.gone}
        </Link>
        {bot.isLeaving && <span className={css.details}>{words.leaving}</span>}
      </div>
    ),
  },
  {
    title: words.state,
    cell: (bot) => (
      <div className={css.text}>
        {stateOf(bot.status)}
        <span className={css.details}>{words.told(bot.isRunning, bot.isReady)}</span>
      </div>
    ),
  },
  { title: words.memoryTitle, cell: (bot) => megabytes(bot.memoryMb), end: true },
  { title: words.restarts, cell: (bot) => bot.restarts ?? ops.unknown, end: true, wide: true },
];

/** One machine: how it is, who is on it, and what is wanted of it. */
export function VmPage() {
  const { vm } = useParams({ from: "/staff/ops/vms/$vm" });
  const query = useVm(vm);
  return (
    <Page title={vm} actions={query.data && <Wishes seen={query.data} />}>
      <Loaded query={query} skeleton={<Skeleton lines={4} height={56} />}>
        {(seen) => (
          <Split>
            <Card title={words.botsTitle} flush>
              {seen.bots.length === 0 ? (
                <Empty {...words.noBots} />
              ) : (
                <DataTable label={words.botsTitle} columns={columns} rows={seen.bots} id={(bot) => bot.deployment} />
              )}
            </Card>
            <About seen={seen} />
          </Split>
        )}
      </Loaded>
    </Page>
  );
}

const About = ({ seen: { vm } }: { seen: StaffVmDetail }) => (
  <Card title={words.about}>
    <Facts
      facts={[
        [words.status, <VmState key="state" vm={vm} />],
        [
          words.promised,
          <Meter key="fill" label={words.promised} words={words.memory(vm.usedMb, vm.capacityMb)} value={vm.usedMb} max={vm.capacityMb} tone={fillTone(vm.usedMb, vm.capacityMb)} />,
        ],
        vm.diskMb === null || vm.diskFreeMb === null
          ? null
          : [
              words.disk,
              <Meter
                key="disk"
                label={words.disk}
                words={words.diskWords(vm.diskFreeMb, vm.diskMb)}
                value={vm.diskMb - vm.diskFreeMb}
                max={vm.diskMb}
                tone={fillTone(vm.diskMb - vm.diskFreeMb, vm.diskMb)}
              />,
            ],
        [words.heard, <Heard key="heard" vm={vm} />],
        [words.pool, words.pools[vm.pool]],
        [words.size, vm.size],
        vm.address === null ? null : [words.address, <Copyable key="address" value={vm.address} />],
        [words.made, <Time key="made" at={vm.createdAt} />],
      ]}
    />
  </Card>
);

function Wishes({ seen }: { seen: StaffVmDetail }) {
  const { id, wish, status } = seen.vm;
  const [draining, setDraining] = useState<StaffVmDetail | null>(null);
  const cordon = useVmWish(id, "cordon", () => toast(words.cordonDone));
  const uncordon = useVmWish(id, "uncordon", () => toast(words.uncordonDone));
  const going = status === "retiring" ? words.going : null;
  const problem = cordon.problem ?? uncordon.problem;
  return (
    <>
      {wish === "use" ? (
        <Button busy={cordon.busy} why={going} onPress={() => cordon.press()}>
          {words.cordon}
        </Button>
      ) : (
        <Button busy={uncordon.busy} why={going} onPress={() => uncordon.press()}>
          {words.uncordon}
        </Button>
      )}
      <Button why={going ?? (wish === "drain" ? words.already.drain : null)} onPress={() => setDraining(seen)}>
        {words.drain}
      </Button>
      {problem && <ProblemCard problem={problem} />}
      {draining && <Drain seen={draining} onClose={() => setDraining(null)} />}
    </>
  );
}

/** Who would move, before it is wished for. */
function Drain({ seen: { vm, bots }, onClose }: { seen: StaffVmDetail; onClose: () => void }) {
  const drain = useVmWish(vm.id, "drain", () => {
    toast(words.drainDone);
    onClose();
  });
  const moving = bots.filter((bot) => !bot.isLeaving);
  return (
    <Dialog
      title={words.drainTitle(vm.id)}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{words.keep}</Button>
          <Button kind="danger" busy={drain.busy} onPress={() => drain.press()}>
            {words.drainGo}
          </Button>
        </>
      }
    >
      <div className="stack">
        <p>{moving.length === 0 ? words.drainNone : words.drainText}</p>
        {moving.length > 0 && (
          <>
            <h3>{words.moves(moving.length, moving.reduce((sum, bot) => sum + bot.memoryMb, 0))}</h3>
            <ul className={`bullets ${css.longlist}`}>
              {moving.map((bot) => (
                <li key={bot.deployment}>
                  {bot.name ?? bot.deployment} <span className={css.quiet}>{`${stateOf(bot.status)}, ${megabytes(bot.memoryMb)}`}</span>
                </li>
              ))}
            </ul>
            <p className={css.quiet}>{words.drainUndo}</p>
          </>
        )}
        {drain.problem && <ProblemCard problem={drain.problem} onAgain={drain.again} />}
      </div>
    </Dialog>
  );
}
