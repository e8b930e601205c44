import { Link } from "@tanstack/react-router";
import { type StaffUptimeBot, useStaffUptime } from "../../api/staff";
import { type Column, DataTable } from "../../parts/DataTable";
import { Card, Page } from "../../parts/Layout";
import { Empty, Loaded, Skeleton } from "../../parts/States";
import { Status } from "../../parts/Status";
import { opsUptime as words } from "../../texts/opsMap";
import { uptime } from "../../texts/uptime";

const columns: Column<StaffUptimeBot>[] = [
  {
    title: words.bot,
    cell: ({ name, deployment }) => (
      <Link to="/ops/audit" search={{ q: deployment }}>
        {name}
      </Link>
    ),
  },
  {
    title: words.account,
    cell: ({ account }) => (
      <Link to="/ops/accounts" search={{ q: account }}>
        {account}
      </Link>
    ),
    wide: true,
  },
  {
    title: words.uptime,
    cell: ({ uptimePercent, promisePercent }) =>
      uptimePercent === null ? uptime.none : `${uptime.percent(uptimePercent)} ${words.of(uptime.percent(promisePercent))}`,
    end: true,
  },
  { title: words.down, cell: ({ unplannedSeconds }) => uptime.took(unplannedSeconds), end: true },
  {
    title: words.state,
    cell: ({ creditPercent, isDown }) => (
      <>
        {creditPercent === 0 ? <Status tone="ok" word={words.kept} /> : <Status tone="warn" word={words.owed(creditPercent)} />}
        {isDown && (
          <div>
            <Status tone="bad" word={words.isDown} />
          </div>
        )}
      </>
    ),
  },
];

/** What was promised to customers, and who did not get it. */
export function StaffUptime() {
  const query = useStaffUptime();
  return (
    <Page title={words.title} intro={words.intro}>
      <Loaded query={query} skeleton={<Skeleton lines={3} height={72} />}>
        {({ bots, hasMore }) => (
          <Card flush>
            {bots.length === 0 ? <Empty {...words.empty} /> : <DataTable label={words.title} columns={columns} rows={bots} id={(one) => one.deployment} />}
            {hasMore && <p>{words.more}</p>}
          </Card>
        )}
      </Loaded>
    </Page>
  );
}
