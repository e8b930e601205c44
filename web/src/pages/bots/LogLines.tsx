import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown } from "lucide-react";
import { memo, useEffect, useLayoutEffect, useRef, useState } from "react";
import { type Line, parts } from "../../logs/lines";
import { Button } from "../../parts/Button";
import { cx } from "../../parts/cx";
import { logs as words } from "../../texts/logs";
import css from "./Logs.module.css";

interface Props {
  bot: string;
  lines: readonly Line[];
  wanted: string;
  /** The id of a line to stand out, and to begin at. */
  marked: string | undefined;
  /** Whether new lines are to be followed. */
  follows: boolean;
  /** Asked to go on with the newest. */
  onFollow: () => void;
}

const nearEnd = 24;

/** Only the lines in sight are in the document. Whoever scrolls up stops there, and is told how many came since. */
export function LogLines({ bot, lines, wanted, marked, follows, onFollow }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const top = useRef(0);
  const [stopped, setStopped] = useState<{ newest: string | undefined } | null>(null);
  const list = useVirtualizer({
    count: lines.length,
    getScrollElement: () => holder.current,
    estimateSize: () => 24,
    getItemKey: (at) => lines[at]?.id ?? at,
    overscan: 20,
  });
  const toEnd = () => lines.length > 0 && list.scrollToIndex(lines.length - 1, { align: "end" });

  // Older lines that come in above must not move what is read.
  const first = useRef<string | undefined>(undefined);
  useLayoutEffect(() => {
    const before = first.current;
    first.current = lines[0]?.id;
    if (before === undefined || before === lines[0]?.id || stopped === null) return;
    const at = lines.findIndex((line) => line.id === before);
    if (at > 0) list.scrollToIndex(at, { align: "start" });
  }, [lines, list, stopped]);

  const newest = lines.at(-1)?.id;
  const following = follows && stopped === null && marked === undefined;
  useEffect(() => {
    if (following) toEnd();
    // oxlint-disable-next-line react/exhaustive-deps -- whenever a line comes
  }, [following, newest, lines.length]);

  const place = marked === undefined ? -1 : lines.findIndex((line) => line.id === marked);
  const isThere = place >= 0;
  useEffect(() => {
    if (isThere) list.scrollToIndex(place, { align: "center" });
    // oxlint-disable-next-line react/exhaustive-deps -- once for each line that is marked, not for each that comes
  }, [marked, isThere]);

  const fresh = stopped === null ? 0 : lines.length - 1 - lines.findLastIndex((line) => line.id === stopped.newest);
  return (
    <div className={css.frame}>
      <div
        ref={holder}
        className={css.lines}
        role="log"
        aria-live="off"
        aria-label={words.label}
        tabIndex={0}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          const atEnd = scrollHeight - scrollTop - clientHeight < nearEnd;
          // Lines that turn out higher than they were thought move the end away; only who goes up has stopped.
          const wentUp = scrollTop < top.current - 2;
          top.current = scrollTop;
          if (atEnd) setStopped(null);
          else if (wentUp) setStopped((before) => before ?? { newest });
        }}
      >
        <div className={css.all} style={{ height: list.getTotalSize() }}>
          {list.getVirtualItems().map((item) => {
            const line = lines[item.index];
            return line ? (
              <div key={item.key} ref={list.measureElement} data-index={item.index} className={css.at} style={{ translate: `0 ${item.start}px` }}>
                <LogLine bot={bot} line={line} wanted={wanted} isMarked={line.id === marked} />
              </div>
            ) : null;
          })}
        </div>
      </div>
      {follows && (stopped !== null || marked !== undefined) && (
        <div className={css.fresh}>
          <Button
            size="small"
            kind="primary"
            icon={<ArrowDown />}
            onPress={() => {
              setStopped(null);
              onFollow();
              toEnd();
            }}
          >
            {words.fresh(fresh)}
          </Button>
        </div>
      )}
    </div>
  );
}

const timeFormat = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

const LogLine = memo(function LogLine({ bot, line, wanted, isMarked }: { bot: string; line: Line; wanted: string; isMarked: boolean }) {
  const time = timeFormat.format(Date.parse(line.at));
  return (
    <p className={cx(css.line, line.stream === "stderr" && css.error, isMarked && css.marked)}>
      <Link
        to="/bots/$id/logs"
        params={{ id: bot }}
        search={(before) => ({ ...before, line: line.id, at: line.at })}
        replace
        resetScroll={false}
        preload={false}
        className={css.time}
        aria-label={words.link(time)}
        title={line.at}
      >
        {time}
      </Link>
      <span>
        {parts(line.text, wanted).map((part, at) =>
          // oxlint-disable-next-line react/no-array-index-key -- parts of one text have no other name
          at % 2 === 1 ? <mark key={at}>{part}</mark> : part,
        )}
      </span>
    </p>
  );
});
