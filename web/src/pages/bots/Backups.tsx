import { useNavigate } from "@tanstack/react-router";
import { CopyPlus, Download, Ellipsis, HardDrive, Trash2 } from "lucide-react";
import { useState } from "react";
import { type Backup, type Drill, useBackUp, useBackups, useDrills, useDropBackup, useKeepBackup } from "../../api/backups";
import { useBot, useBotId, whyNot } from "../../api/bots";
import type { Deployment } from "../../api/types";
import { Button, IconButton } from "../../parts/Button";
import { Card, Row, Split } from "../../parts/Layout";
import { Menu, MenuItem } from "../../parts/Menu";
import { Line, Rows } from "../../parts/Rows";
import { Empty, Loaded, ProblemCard, Skeleton } from "../../parts/States";
import { StatusShape } from "../../parts/Status";
import { Time } from "../../parts/Time";
import { UndoBar } from "../../parts/UndoBar";
import { backups as words } from "../../texts/backups";
import { en } from "../../texts/en";
import { BackupDownload } from "./BackupDownload";
import css from "./Backups.module.css";
import { Drills } from "./Drills";
import { Followed } from "./Followed";
import { Nights } from "./Nights";
import { Restore } from "./Restore";

interface Begun {
  id: string;
  going: string;
  done: string;
}

/** What is kept of a bot's data, whether it comes up from it, and the ways back. */
export function Backups() {
  const id = useBotId();
  const { data: bot } = useBot(id);
  const query = useBackups(id);
  const { data: drills } = useDrills(id);
  const [begun, setBegun] = useState<Begun | null>(null);
  const [shown, setShown] = useState<{ what: "restore" | "download"; backup: Backup } | null>(null);
  const backUp = useBackUp(id, "backups", (op) => setBegun({ id: op, going: words.going, done: words.done }));
  const drill = useBackUp(id, "drills", (op) => setBegun({ id: op, going: words.drillGoing, done: words.drillDone }));
  if (!bot) return null;
  const why = { backup: whyNot(bot, "backup", en.notAllowed), drill: whyNot(bot, "drill", en.notAllowed), restore: whyNot(bot, "restore", en.notAllowed) };
  const make = (
    <Button kind="primary" busy={backUp.busy} why={why.backup} onPress={() => backUp.press()}>
      {words.backUp}
    </Button>
  );
  return (
    <>
      {begun && <Followed {...begun} />}
      {backUp.problem && <ProblemCard problem={backUp.problem} onAgain={backUp.again} />}
      {drill.problem && <ProblemCard problem={drill.problem} onAgain={drill.again} />}
      <Card
        title={words.nights}
        actions={
          <Row>
            <Button busy={drill.busy} why={why.drill} onPress={() => drill.press()}>
              {words.drill}
            </Button>
            {make}
          </Row>
        }
      >
        <Loaded
          query={query}
          skeleton={
            <div className={css.waiting} aria-hidden="true">
              <Nights backups={[]} since={bot.createdAt} />
            </div>
          }
        >
          {(backups) => <Nights backups={backups} since={bot.createdAt} />}
        </Loaded>
      </Card>
      <Split>
        <Card title={words.list} flush>
          <Loaded query={query} skeleton={<Skeleton lines={4} height={64} />}>
            {(backups) => {
              const newest = backups.find((one) => one.deleted === null);
              return backups.length === 0 ? (
                <Empty icon={<HardDrive />} {...words.empty} action={make} />
              ) : (
                <Rows>
                  {backups.map((backup) => (
                    <Kept
                      key={backup.id}
                      {...{ bot, backup, drills: drills ?? [] }}
                      isNewest={backup === newest}
                      whyRestore={why.restore}
                      onShow={(what) => setShown({ what, backup })}
                    />
                  ))}
                </Rows>
              );
            }}
          </Loaded>
        </Card>
        <Drills id={id} />
      </Split>
      {shown?.what === "restore" && (
        <Restore
          bot={id}
          backup={shown.backup}
          why={why.restore}
          onClose={() => setShown(null)}
          onBegun={(op) => {
            setShown(null);
            setBegun({ id: op, going: words.restoreGoing, done: words.restoreDone });
          }}
        />
      )}
      {shown?.what === "download" && <BackupDownload bot={id} backup={shown.backup} onClose={() => setShown(null)} />}
    </>
  );
}

interface LineProps {
  bot: Deployment;
  backup: Backup;
  drills: readonly Drill[];
  isNewest: boolean;
  whyRestore: string | null;
  onShow: (what: "restore" | "download") => void;
}

function Kept({ bot, backup, drills, isNewest, whyRestore, onShow }: LineProps) {
  const navigate = useNavigate();
  const drop = useDropBackup(bot.id);
  const keep = useKeepBackup(bot.id);
  const when = words.moment(backup.at);
  if (backup.deleted !== null) {
    return (
      <Line>
        <UndoBar until={backup.deleted} onUndo={() => keep.press(backup.id)} busy={keep.busy} problem={keep.problem}>
          {words.beingDeleted(when)}
        </UndoBar>
      </Line>
    );
  }
  const proof = drills.find(({ certificate }) => certificate.ok && certificate.backup === backup.id)?.certificate;
  return (
    <Line
      below
      aside={
        <>
          <Button size="small" label={`${words.restore}: ${when}`} why={whyRestore} onPress={() => onShow("restore")}>
            {words.restore}
          </Button>
          <Menu opener={(target) => <IconButton label={words.more(when)} icon={<Ellipsis />} popoverTarget={target} />}>
            <MenuItem
              icon={<CopyPlus />}
              why={whyNot(bot, "clone", en.notAllowed)}
              onPress={() => void navigate({ to: "/bots/new", search: { cloneOf: bot.id, backup: backup.id } })}
            >
              {words.asNew}
            </MenuItem>
            <MenuItem icon={<Download />} onPress={() => onShow("download")}>
              {words.download}
            </MenuItem>
            <MenuItem icon={<Trash2 />} danger why={isNewest ? words.newest : null} onPress={() => drop.press(backup.id)}>
              {words.remove}
            </MenuItem>
          </Menu>
        </>
      }
    >
      <span className={css.name}>
        <strong>{when}</strong>
        <span className={css.reason}>{words.reason[backup.reason]}</span>
      </span>
      <span className={css.facts}>{words.facts(backup)}</span>
      {backup.proven === null ? (
        <span className={css.unproven}>{words.unproven}</span>
      ) : (
        <span className={css.proof}>
          <StatusShape tone="ok" />
          {words.proven(proof?.restoredInMs ?? null)}
          <Time at={backup.proven} as="date" />
        </span>
      )}
      {drop.problem && <ProblemCard problem={drop.problem} onAgain={drop.again} />}
    </Line>
  );
}
