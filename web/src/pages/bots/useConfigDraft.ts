import { useEffect, useState } from "react";
import { begin, type Draft, keep, type Kept, recall, settingsOf } from "../../config/draft";
import { same, show } from "../../config/json";
import { type Difference, differences, merged, type Settings, type Side } from "../../config/threeWay";

/** What is typed, held against what is there: when that moves meanwhile, what only one side touched goes together by itself. */
export function useConfigDraft(id: string, now: Settings) {
  const [kept, setKept] = useState<Kept>(() => recall(id) ?? fresh(now));
  const [wasMerged, setWasMerged] = useState(false);
  const [dropped, setDropped] = useState<Draft | null>(null);
  const { was, draft } = kept;
  const mine = settingsOf(draft);
  const moved = !same(was, now);
  const all = moved && mine ? differences(was, mine, now) : [];
  const isConflict = all.some((one) => one.conflict);
  const isDirty = mine === null || !same(was, mine);

  const take = (chosen: ReadonlyMap<string, Side>) => {
    const next = merged(now, all, chosen);
    // Text that means the same stays as it was typed.
    const config = mine && same(next.config, mine.config) ? draft.config : show(next.config);
    setWasMerged(isDirty && all.some((one) => !same(one.was, one.now) && !same(one.mine, one.now)));
    setKept({ was: now, draft: { ...begin(next, config), why: same(next, now) ? "" : draft.why } });
  };
  if (moved && mine && !isConflict) take(new Map());

  useEffect(() => keep(id, isDirty || draft.why !== "" ? { was, draft } : null), [id, isDirty, was, draft]);

  return {
    draft, mine, isDirty, wasMerged,
    was,
    conflicts: isConflict ? all.filter((one: Difference) => one.conflict) : [],
    /** It moved, and what is typed cannot be read, so that nothing can be held against it. */
    isUnread: moved && mine === null,
    take,
    type: (part: Partial<Draft>) => {
      setDropped(null);
      setKept((before) => ({ ...before, draft: { ...before.draft, ...part } }));
    },
    drop: () => {
      setDropped(draft);
      setKept(fresh(now));
    },
    dropped,
    takeBack: () => {
      if (dropped) setKept((before) => ({ ...before, draft: dropped }));
      setDropped(null);
    },
  };
}

export type ConfigDraft = ReturnType<typeof useConfigDraft>;

const fresh = (now: Settings): Kept => ({ was: now, draft: begin(now, show(now.config)) });
