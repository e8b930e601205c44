import { type Backup, useBackupDownload } from "../../api/backups";
import { download } from "../../api/download";
import { Button } from "../../parts/Button";
import { Copyable } from "../../parts/Copy";
import { Curl } from "../../parts/Curl";
import { Dialog } from "../../parts/Dialog";
import { Facts } from "../../parts/Layout";
import { ProblemCard } from "../../parts/States";
import { backups as words, size } from "../../texts/backups";
import { en } from "../../texts/en";

/** The key is asked for by a press, and forgotten with the dialog. */
export function BackupDownload({ bot, backup, onClose }: { bot: string; backup: Backup; onClose: () => void }) {
  const get = useBackupDownload(bot);
  const { answer } = get;
  return (
    <Dialog
      title={words.downloadTitle(words.moment(backup.at))}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{en.close}</Button>
          {answer ? (
            <Button kind="primary" onPress={() => download(new Blob([JSON.stringify(answer)], { type: "application/json" }), "backup.json")}>
              {words.downloadSave}
            </Button>
          ) : (
            <Button kind="primary" busy={get.busy} onPress={() => get.press(backup.id)}>
              {words.downloadGo}
            </Button>
          )}
        </>
      }
    >
      <p>{words.downloadText}</p>
      {get.problem && <ProblemCard problem={get.problem} onAgain={get.again} />}
      {answer && (
        <>
          <Facts
            facts={[
              [words.downloadSize, size(answer.storedBytes)],
              [words.downloadKey, <Copyable key="key" value={answer.identity} />],
              [words.downloadSum, <Copyable key="sum" value={answer.archiveSha256} />],
            ]}
          />
          <p>{words.downloadSteps}</p>
          <Copyable value={words.command} />
          <p>{words.downloadForget}</p>
        </>
      )}
      <Curl method="POST" path={`/deployments/${bot}/backups/${backup.id}/download`} />
    </Dialog>
  );
}
