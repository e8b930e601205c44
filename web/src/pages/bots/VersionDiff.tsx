import { useDiff, type Version } from "../../api/versions";
import { Changes } from "../../parts/Changes";
import { Card } from "../../parts/Layout";
import { Loaded, Skeleton } from "../../parts/States";
import { risks } from "../../texts/config";
import { versions as words } from "../../texts/versions";
import css from "./Versions.module.css";

interface Props {
  id: string;
  all: readonly Version[];
  from: number | undefined;
  to: number | undefined;
  onChoose: (pair: { from: number; to: number }) => void;
}

/** Any two, held against each other. */
export function VersionDiff({ id, all, from, to, onChoose }: Props) {
  const pair = { from: from ?? all[1]?.version ?? 1, to: to ?? all[0]?.version ?? 1 };
  const query = useDiff(id, pair.from, pair.to);
  const numbers = all.map((one) => one.version);
  return (
    <Card title={words.compareTitle}>
      <div className="stack">
        <div className={css.pair}>
          {(["from", "to"] as const).map((side) => (
            <label key={side}>
              {words[side]}
              <select value={pair[side]} onChange={(event) => onChoose({ ...pair, [side]: Number(event.target.value) })}>
                {[...new Set([pair[side], ...numbers])].toSorted((a, b) => b - a).map((number) => (
                  <option key={number} value={number}>
                    {words.version(number)}
                  </option>
                ))}
              </select>
            </label>
          ))}
        </div>
        {pair.from === pair.to ? (
          <p>{words.equal}</p>
        ) : (
          <Loaded query={query} skeleton={<Skeleton lines={3} height={48} />}>
            {(diff) => (
              <>
                <p role="status">
                  {words.risk}
                  {": "}
                  {risks[diff.risk]}
                  {". "}
                  {words.away(diff.downtimeMs)}
                </p>
                <Changes changes={diff.changes} />
              </>
            )}
          </Loaded>
        )}
      </div>
    </Card>
  );
}
