import { useBackups } from "../../api/backups";
import { useBot } from "../../api/bots";
import { ButtonLink } from "../../parts/Button";
import { Problem } from "../../api/problems";
import { ProblemCard } from "../../parts/States";
import { backups } from "../../texts/backups";
import { newBot } from "../../texts/bots";
import css from "./NewBot.module.css";

const words = newBot.clone;

/** Whose data a new bot begins with, and the way to begin without. */
export function CloneOf({ bot, backup }: { bot: string; backup: string | null }) {
  const source = useBot(bot);
  const { data: kept } = useBackups(bot);
  const at = kept?.find((one) => one.id === backup)?.at;
  const without = (
    <ButtonLink size="small" to="/bots/new" search={{}} replace>
      {words.without}
    </ButtonLink>
  );
  if (source.error) return <ProblemCard problem={Problem.of(source.error)} onAgain={() => void source.refetch()} actions={without} />;
  if (!source.data || (backup !== null && kept === undefined)) return null;
  return (
    <section className={css.clone}>
      <div>
        <h2>{words.title(source.data.name, at === undefined ? null : backups.moment(at))}</h2>
        <p>{words.text}</p>
      </div>
      {without}
    </section>
  );
}
