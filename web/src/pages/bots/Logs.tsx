import { useNavigate, useSearch } from "@tanstack/react-router";
import { ArrowUp, Download, Ellipsis, Search, SquareTerminal } from "lucide-react";
import { useDeferredValue, useEffect, useMemo, useState } from "react";
import { useAct } from "../../api/act";
import { useBotId } from "../../api/bots";
import { download } from "../../api/download";
import { readAll, readAround, readLogs } from "../../api/logs";
import { isWanted, joined, type Line } from "../../logs/lines";
import { useTail } from "../../logs/useTail";
import { Button, IconButton } from "../../parts/Button";
import { Field } from "../../parts/Field";
import { Card, Stack } from "../../parts/Layout";
import { Menu, MenuItem } from "../../parts/Menu";
import { Segments } from "../../parts/Segments";
import { Empty, ProblemCard, Skeleton } from "../../parts/States";
import { Status } from "../../parts/Status";
import { en } from "../../texts/en";
import { logs as words } from "../../texts/logs";
import { LogLines } from "./LogLines";
import css from "./Logs.module.css";

const olderAtOnce = "500";

interface Still {
  lines: readonly Line[];
  text: string;
}

/** What the bot writes, as it writes it; or, standing still, what it wrote around a line or with a word in it. */
export function Logs() {
  const id = useBotId();
  const { q = "", out, line, at } = useSearch({ from: "/signed-in/bots/$id/logs" });
  const navigate = useNavigate({ from: "/bots/$id/logs" });
  const tail = useTail(id);
  const [still, setStill] = useState<Still | null>(null);
  const [noOlder, setNoOlder] = useState(false);
  const wanted = useDeferredValue(q);

  const older = useAct({
    send: (before: string | undefined) => readLogs(id, { tail: olderAtOnce, ...(before ? { continuation: before } : {}) }),
    touches: [],
    onDone: ({ lines, continuation }) => {
      tail.add(lines);
      setNoOlder(continuation === null);
    },
  });
  const everywhere = useAct({
    send: (contains: string) => readLogs(id, { contains, tail: "1000" }),
    touches: [],
    onDone: ({ lines }, contains) => setStill({ lines: joined([], lines), text: words.found(lines.length, contains) }),
  });
  const around = useAct({
    send: (of: { line: string; at: string }) => readAround(id, of.line, of.at),
    touches: [],
    onDone: (lines, of) => setStill({ lines: joined([], lines), text: lines.some((one) => one.id === of.line) ? words.around : words.gone }),
  });
  const save = useAct({
    send: (contains: string) => readAll(id, contains),
    touches: [],
    onDone: (text) => download(new Blob(text, { type: "text/plain" }), `${id}.log`),
  });

  // The page was come to by a link to a line.
  useEffect(() => {
    if (line && at) around.press({ line, at });
    // oxlint-disable-next-line react/exhaustive-deps -- only the address that the page began with
  }, []);

  const all = still?.lines ?? tail.lines;
  const shown = useMemo(() => all.filter((one) => isWanted(one, wanted, out ?? null)), [all, wanted, out]);
  const set = (part: { q?: string | undefined; out?: "stdout" | "stderr" | undefined; line?: undefined; at?: undefined }) =>
    void navigate({
      search: (before) => Object.fromEntries(Object.entries({ ...before, ...part }).filter(([, value]) => value !== undefined && value !== "")),
      replace: true,
      resetScroll: false,
    });
  const back = () => {
    setStill(null);
    set({ line: undefined, at: undefined });
  };
  const loadOlder = () => older.press(tail.lines[0]?.id);
  const whyNowhere = q.trim() === "" ? words.wordNeeded : null;
  const problem = [around, older, everywhere, save].find((act) => act.problem !== null);
  return (
    <Stack gap="small">
      <div className={css.bar}>
        <Field label={words.search} type="search" maxLength={200} value={q} onType={(text) => set({ q: text })} />
        <Segments
          label={words.stream}
          value={out ?? "all"}
          options={words.streams}
          onChoose={(next) => set({ out: next === "all" ? undefined : next })}
        />
        <div className={css.acts}>
          <Button busy={everywhere.busy} why={whyNowhere} onPress={() => everywhere.press(q)}>
            {words.everywhere}
          </Button>
          <Button busy={save.busy} onPress={() => save.press(q)}>
            {words.download}
          </Button>
        </div>
        <div className={css.menu}>
          <Menu opener={(target) => <IconButton label={en.actions} icon={<Ellipsis />} popoverTarget={target} />}>
            {still === null && (
              <MenuItem icon={<ArrowUp />} why={noOlder ? words.noOlder : null} onPress={loadOlder}>
                {words.older}
              </MenuItem>
            )}
            <MenuItem icon={<Search />} why={whyNowhere} onPress={() => everywhere.press(q)}>
              {words.everywhere}
            </MenuItem>
            <MenuItem icon={<Download />} onPress={() => save.press(q)}>
              {words.download}
            </MenuItem>
          </Menu>
        </div>
      </div>
      {problem?.problem && <ProblemCard problem={problem.problem} onAgain={problem.again} />}
      {tail.problem && <ProblemCard problem={tail.problem} onAgain={tail.again} />}
      <div className={css.info}>
        {still ? (
          <>
            <span role="status">{still.text}</span>
            <Button size="small" onPress={back}>
              {words.back}
            </Button>
          </>
        ) : (
          <>
            <Status tone={words.tone[tail.mode]} word={words.mode[tail.mode]} />
            <span>{words.lines(shown.length, all.length)}</span>
            {tail.gap && <span>{words.gap}</span>}
            <span className={css.older}>
              <Button size="small" kind="quiet" busy={older.busy} why={noOlder ? words.noOlder : null} onPress={loadOlder}>
                {words.older}
              </Button>
            </span>
          </>
        )}
      </div>
      {around.busy || (tail.mode === "connecting" && all.length === 0) ? (
        <Skeleton lines={12} height={20} />
      ) : all.length === 0 && still === null ? (
        // Only who listens knows that nothing was said.
        tail.mode === "live" && (
          <Card>
            <Empty icon={<SquareTerminal />} {...words.empty} />
          </Card>
        )
      ) : shown.length === 0 ? (
        <Card>
          <p className={css.none} role="status">
            {words.nothing}
          </p>
        </Card>
      ) : (
        <LogLines key={still === null ? "tail" : "still"} bot={id} lines={shown} wanted={wanted} marked={line} follows={still === null} onFollow={() => set({ line: undefined, at: undefined })} />
      )}
    </Stack>
  );
}
