import { type Release, useReleases } from "../../api/provenance";
import { Choice, Field } from "../../parts/Field";
import { Skeleton } from "../../parts/States";
import { versions as words } from "../../texts/versions";
import css from "./ReleaseChoice.module.css";

const shownMax = 6;
const other = "\0other";

interface Props {
  channel: string;
  isPinned: boolean;
  /** Empty for that of the channel. */
  value: string;
  onChoose: (tag: string) => void;
  error: string | null;
  isOther: boolean;
  onOther: (isOther: boolean) => void;
}

/** The releases that there are, newest first, and any other by its tag. */
export function ReleaseChoice({ channel, isPinned, value, onChoose, error, isOther, onOther }: Props) {
  const { data, isPending } = useReleases();
  const typed = (
    <Field
      label={words.tag}
      hint={isOther ? undefined : words.upgradeText(channel)}
      optional={!isPinned && !isOther}
      spellCheck={false}
      autoCapitalize="off"
      maxLength={128}
      value={value}
      onType={onChoose}
      error={error}
    />
  );
  if (!isPending && (data === undefined || data.length === 0)) return typed;
  return (
    <div className={css.releases}>
      {data === undefined ? <Skeleton lines={shownMax} /> : <Choice
        legend={words.release}
        value={isOther ? other : value}
        onChoose={(chosen) => {
          onOther(chosen === other);
          onChoose(chosen === other ? "" : chosen);
        }}
        options={[
          ...(isPinned ? [] : [{ value: "", title: words.ofChannel(channel) }]),
          ...data.slice(0, shownMax).map((release) => ({ value: release.tag, title: release.tag, ...about(release) })),
          { value: other, title: words.otherTag },
        ]}
      />}
      {isOther && typed}
    </div>
  );
}

const about = ({ trusted, refusal, isDefault }: Release) => ({
  text: trusted ? words.trusted : (refusal ?? words.untrusted),
  aside: isDefault ? words.usual : undefined,
  disabled: !trusted,
});
