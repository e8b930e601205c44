import type { StaffVm } from "../../api/staff";
import type { Tone } from "../../api/types";
import { StatusShape, Status } from "../../parts/Status";
import { Time } from "../../parts/Time";
import { useNow } from "../../parts/useNow";
import { ops, opsVms as words } from "../../texts/ops";
import css from "./Ops.module.css";

export const fillTone = (used: number, of: number): Tone => (used > of ? "bad" : used > 0.9 * of ? "warn" : "idle");

function toneOf({ status, wish, trouble }: StaffVm): Tone {
  if (trouble !== null) return "bad";
  if (status === "creating") return "busy";
  if (status === "retiring") return "idle";
  return wish === "use" ? "ok" : "warn";
}

/** What it is, and what an operator wants of it where that is not the same. */
export const VmState = ({ vm }: { vm: StaffVm }) => (
  <div className={css.text}>
    <Status tone={toneOf(vm)} word={vm.wish === "use" || vm.status !== "ready" ? words.statuses[vm.status] : `${words.statuses[vm.status]}, ${words.wishes[vm.wish]}`} />
    {vm.trouble !== null && <span className={css.details}>{words.trouble(vm.trouble)}</span>}
    {vm.said !== null && <span className={css.details}>{vm.said}</span>}
  </div>
);

// Machines tell how they are every few seconds; whoever is silent for this long is looked for by the health checks as well.
const silentAfter = 120_000;

/** How long ago it was heard. */
export function Heard({ vm }: { vm: StaffVm }) {
  const now = useNow(10_000);
  if (vm.heartbeatAt === null) return <span>{ops.never}</span>;
  const silent = vm.status === "ready" && now - Date.parse(vm.heartbeatAt) > silentAfter;
  return (
    <span className={css.heard}>
      {silent && (
        <>
          <StatusShape tone="bad" />
          <span className="unseen">{words.silent}</span>
        </>
      )}
      <Time at={vm.heartbeatAt} />
    </span>
  );
}
