import { Link } from "@tanstack/react-router";
import { Server } from "lucide-react";
import { type StaffVm, useVms } from "../../api/staff";
import { Button } from "../../parts/Button";
import { type Column, DataTable } from "../../parts/DataTable";
import { Card, Page } from "../../parts/Layout";
import { Meter } from "../../parts/Meter";
import { Empty, Loaded, Skeleton } from "../../parts/States";
import { ops, opsVms as words } from "../../texts/ops";
import { fillTone, Heard, VmState } from "./vmParts";
import css from "./Ops.module.css";

const columns: readonly Column<StaffVm>[] = [
  {
    title: words.vm,
    cell: (vm) => (
      <Link to="/ops/vms/$vm" params={{ vm: vm.id }}>
        {vm.id}
      </Link>
    ),
  },
  { title: words.status, cell: (vm) => <VmState vm={vm} /> },
  {
    title: words.promised,
    cell: (vm) => (
      <div className={css.meterCell}>
        <Meter label={`${words.promised}, ${vm.id}`} words={words.memory(vm.usedMb, vm.capacityMb)} value={vm.usedMb} max={vm.capacityMb} tone={fillTone(vm.usedMb, vm.capacityMb)} />
      </div>
    ),
  },
  { title: words.bots, cell: (vm) => vm.bots, end: true },
  { title: words.heard, cell: (vm) => <Heard vm={vm} /> },
  { title: words.pool, cell: (vm) => words.pools[vm.pool], wide: true },
  { title: words.size, cell: (vm) => vm.size, wide: true },
];

/** The machines, how full they are, and when each was heard last. */
export function Vms() {
  const query = useVms();
  return (
    <Page title={words.title}>
      <Loaded query={query} skeleton={<Skeleton lines={4} height={56} />}>
        {({ pages }) => {
          const all = pages.flatMap((page) => page.vms);
          return (
            <Card flush>
              {all.length === 0 && !query.hasNextPage ? (
                <Empty icon={<Server />} {...words.empty} />
              ) : (
                <DataTable label={words.title} columns={columns} rows={all} id={(vm) => vm.id} />
              )}
              {query.hasNextPage && (
                <footer className={css.foot}>
                  <Button size="small" busy={query.isFetchingNextPage} onPress={() => void query.fetchNextPage()}>
                    {ops.loadMore}
                  </Button>
                </footer>
              )}
            </Card>
          );
        }}
      </Loaded>
    </Page>
  );
}
