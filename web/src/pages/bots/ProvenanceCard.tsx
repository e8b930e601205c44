import { type Provenance, useProvenance } from "../../api/provenance";
import { Problem } from "../../api/problems";
import { Copyable, Id } from "../../parts/Copy";
import { Card, Facts, Stack } from "../../parts/Layout";
import { Loaded } from "../../parts/States";
import { Status } from "../../parts/Status";
import { Time } from "../../parts/Time";
import { provenance as words } from "../../texts/provenance";
import css from "./ProvenanceCard.module.css";

type File = Provenance["files"][number];

/** Which image and which files make this bot, who signed for it, and whether the machine has just these. */
export function ProvenanceCard({ id }: { id: string }) {
  const query = useProvenance(id);
  // Nothing runs yet, so there is nothing to trust.
  if (query.error && Problem.of(query.error).kind === "wrong-state") return null;
  return (
    <Card title={words.title}>
      <Loaded query={query}>{(found) => <Found found={found} />}</Loaded>
    </Card>
  );
}

export function Found({ found }: { found: Provenance }) {
  const { files } = found;
  const other = files.filter((file) => file.written !== file.found).length;
  return (
    <Stack gap="small">
      <ul className={css.verdicts}>
        <li>
          <Status tone={found.trusted ? "ok" : "bad"} word={found.trusted ? words.trusted : words.untrusted} />
          {found.refusal !== null && <p>{found.refusal}</p>}
        </li>
        <li>
          {found.seenAt === null ? (
            <Status tone="idle" word={words.unseen} />
          ) : (
            <Status tone={other > 0 ? "bad" : "ok"} word={other > 0 ? words.differ(other) : words.same(files.length)} />
          )}
        </li>
      </ul>
      <details className={css.files} open={!found.trusted || other > 0}>
        <summary>{words.details}</summary>
        <Facts
          facts={[
            [words.release, found.release],
            [words.image, <code key="image">{found.image}</code>],
            [words.digest, <Hash key="digest" value={found.digest} />],
            found.key === null ? null : [words.key, <Hash key="key" value={found.key} />],
            [words.checked, <Time key="checked" at={found.checkedAt} />],
            [words.version, found.version],
            [words.config, <Hash key="config" value={found.config} />],
            found.seenAt === null ? null : [words.seen, <Time key="seen" at={found.seenAt} />],
          ]}
        />
        <ul className={css.each} aria-label={words.files(files.length)}>
          {files.map((file) => (
            <Row key={file.path} file={file} />
          ))}
        </ul>
        <p className={css.how}>{words.how}</p>
      </details>
    </Stack>
  );
}

const Hash = ({ value }: { value: string }) => (value.length > 40 ? <Id value={value} /> : <Copyable value={value} />);

const short = (hash: string | null) => (hash === null ? words.nothing : hash.replace(/^sha256:/, "").slice(0, 12));

function Row({ file: { path, written, found } }: { file: File }) {
  const isSame = written === found;
  return (
    <li>
      <code>{path}</code>
      <Status tone={isSame ? "ok" : "bad"} word={isSame ? words.equal : found === null ? words.gone : written === null ? words.added : words.changed} />
      <span className={css.hashes}>
        {words.written} <code>{short(written)}</code>
        {!isSame && (
          <>
            {" · "}
            {words.found} <code>{short(found)}</code>
          </>
        )}
      </span>
    </li>
  );
}
