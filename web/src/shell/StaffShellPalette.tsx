import { useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { ops as words, opsOperations, opsPalette } from "../texts/ops";
import { staffSecurity } from "../texts/opsSignIn";
import { palette } from "../texts/palette";
import { type Entry, PaletteOf } from "./Palette";

/** Anywhere in the operators' pages in a few letters. */
export function StaffPalette({ onClose }: { onClose: () => void }) {
  const [typed, setTyped] = useState("");
  return <PaletteOf label={palette.staff} typed={typed} onType={setTyped} entries={useEntries(typed)} onClose={onClose} />;
}

function useEntries(typed: string): Entry[] {
  const navigate = useNavigate();
  return useMemo(() => {
    const pages = (
      ["/ops", "/ops/operations", "/ops/vms", "/ops/alerts", "/ops/reviews", "/ops/uptime", "/ops/reconcile", "/ops/map", "/ops/audit", "/ops/accounts", "/ops/sign-in"] as const
    ).map((to, at) => ({ id: to, name: names[at] ?? to, go: () => void navigate({ to }) }));
    const lists = (["stuck", "failed", "running", "all"] as const).map((status) => ({
      id: status,
      name: `${words.nav.operations}: ${opsOperations.filters[status]}`,
      go: () => void navigate({ to: "/ops/operations", search: { status } }),
    }));
    const wanted = typed.trim();
    const small = wanted.toLowerCase();
    return [...idEntries(wanted, navigate), ...[...pages, ...lists].filter((entry) => entry.name.toLowerCase().includes(small))].slice(0, 12);
  }, [navigate, typed]);
}

const { home, operations, vms, alerts, reviews, uptime, reconcile, map, audit, accounts } = words.nav;
const names = [home, operations, vms, alerts, reviews, uptime, reconcile, map, audit, accounts, staffSecurity.title];

/** Whatever an id or an address leads to. Whether there is such a thing is seen there. */
function idEntries(typed: string, navigate: ReturnType<typeof useNavigate>): Entry[] {
  const entry = (name: string, go: () => void): Entry[] => [{ id: "typed", name: `${name}: ${typed}`, go }];
  if (/^op_[0-9A-Z]{26}$/.test(typed)) return entry(opsPalette.operation, () => void navigate({ to: "/ops/orchestrations/$id", params: { id: typed } }));
  if (/^vm_[0-9A-Z]{26}$/.test(typed)) return entry(opsPalette.vm, () => void navigate({ to: "/ops/vms/$vm", params: { vm: typed } }));
  if (/^dep_[0-9A-Z]{26}$/.test(typed)) return entry(opsPalette.record, () => void navigate({ to: "/ops/audit", search: { q: typed } }));
  if (/^acc_[0-9A-Z]{26}$/.test(typed) || /^\S+@\S+$/.test(typed))
    return entry(opsPalette.account, () => void navigate({ to: "/ops/accounts", search: { q: typed } }));
  return [];
}
