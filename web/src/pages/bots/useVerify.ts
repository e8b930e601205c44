import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { keys } from "../../api/keys";
import { Problem } from "../../api/problems";
import { readHeads, type Record, readRecord } from "../../api/record";
import { keepHead, keptHead, type KeptHead } from "../../record/kept";
import { type Verdict, verify } from "../../record/verify";

type State =
  | { at: "idle" }
  | { at: "reading"; count: number }
  | { at: "said"; verdict: Verdict; kept: KeptHead | null }
  | { at: "forged"; fault: "signature" | "documents"; day: string }
  | { at: "problem"; problem: Problem };

/** Reads the whole record anew and recomputes it. A head is kept only of a chain that is whole: one that broke must not be forgotten. */
export function useVerify(id: string) {
  const queries = useQueryClient();
  const [state, setState] = useState<State>({ at: "idle" });
  const press = async () => {
    setState({ at: "reading", count: 0 });
    try {
      const kept = keptHead(id);
      // What was signed first: rows that come meanwhile are no lack.
      const heads = await readHeads(id);
      const pages = await readRecord(id, -1);
      if ("fault" in heads) {
        setState({ at: "forged", ...heads });
        return;
      }
      const onRow = (count: number) => {
        if (count % 25 === 0) setState({ at: "reading", count });
      };
      const verdict = await verify(pages, kept, onRow, heads.rows);
      // The rows on the page are those that were judged.
      const head = pages.at(-1)?.head;
      if (head) queries.setQueryData<Record>(keys.botPart(id, "record"), { rows: pages.flatMap((page) => page.rows), head });
      if (verdict.whole) keepHead(id, verdict.head);
      setState({ at: "said", verdict, kept });
    } catch (fault) {
      setState({ at: "problem", problem: Problem.of(fault) });
    }
  };
  return { state, press: () => void press(), brokenAt: state.at === "said" && !state.verdict.whole ? state.verdict.row : null };
}
