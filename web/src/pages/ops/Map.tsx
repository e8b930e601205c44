import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { type StaffNode, type StaffTopology, useTopology } from "../../api/staff";
import { type Column, DataTable } from "../../parts/DataTable";
import { Card, Page } from "../../parts/Layout";
import { Loaded, Skeleton } from "../../parts/States";
import { Status, StatusShape } from "../../parts/Status";
import { Time } from "../../parts/Time";
import { opsMap as words } from "../../texts/opsMap";
import { type Box, type Machine, pathOf, pictureOf } from "./map";
import css from "./Map.module.css";
import own from "./Ops.module.css";

/** The parts of Launchpad as they are: drawn, and the same as a table. */
export function MapPage() {
  const query = useTopology();
  return (
    <Page title={words.title} intro={words.intro}>
      <Loaded query={query} skeleton={<Skeleton lines={1} height={320} />}>
        {(seen) => (
          <>
            <Card title={words.picture}>
              <div className="stack">
                <Drawing seen={seen} />
                <p className={own.quiet}>
                  {words.checked} <Time at={seen.checkedAt} />
                </p>
                {seen.hasMore && <p className={own.quiet}>{words.more}</p>}
              </div>
            </Card>
            <Card title={words.table} flush>
              <Table seen={seen} />
            </Card>
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** One of several of its kind. */
const isOne = ({ kind }: StaffNode) => kind === "vm" || kind === "bot";

const say = (node: StaffNode) => words.node(words.kinds[node.kind], isOne(node) ? node.name : null, words.states[node.state]);

interface ToProps {
  node: StaffNode;
  className?: string | undefined;
  label?: string;
  children: ReactNode;
}

/** Every node leads to where more is known of it: its page, or its row of the table. */
function To({ node, className, label, children }: ToProps) {
  const rest = { ...(className === undefined ? {} : { className }), ...(label === undefined ? {} : { "aria-label": label }) };
  if (node.kind === "vm")
    return (
      <Link to="/ops/vms/$vm" params={{ vm: node.id }} {...rest}>
        {children}
      </Link>
    );
  if (node.kind === "bot")
    return (
      <Link to="/ops/audit" search={{ q: node.id }} {...rest}>
        {children}
      </Link>
    );
  if (node.kind === "engine")
    return (
      <Link to="/ops/operations" search={{ status: "running" }} {...rest}>
        {children}
      </Link>
    );
  return (
    <Link to={node.kind === "payments" || node.kind === "storage" ? "/ops/reconcile" : "/ops/alerts"} {...rest}>
      {children}
    </Link>
  );
}

function Drawing({ seen }: { seen: StaffTopology }) {
  const picture = pictureOf(seen);
  return (
    <div className={css.scroll} role="region" aria-label={words.picture} tabIndex={0}>
      <svg className={css.map} viewBox={`-2 -2 ${picture.width + 4} ${picture.height + 4}`} role="group" aria-label={words.picture}>
        {picture.lines.map((line) => (
          <path key={line.id} className={css.line} d={pathOf(line)} />
        ))}
        {picture.services.map((box) => (
          <Part key={box.node.id} box={box} />
        ))}
        {picture.machines.map((machine) => (
          <MachineBlock key={machine.node.id} machine={machine} />
        ))}
        {picture.machines.length === 0 && (
          <text className={css.small} x={picture.width} y={picture.height / 2} textAnchor="end">
            {words.noVms}
          </text>
        )}
      </svg>
    </div>
  );
}

const Frame = ({ box: { node, x, y, width, height } }: { box: Box }) => (
  <rect className={`${css.box} ${css[node.state]}`} x={x} y={y} width={width} height={height} rx="8" />
);

const Words = ({ box: { node, x, y }, name, id = false }: { box: Box; name: string; id?: boolean }) => (
  <>
    <g transform={`translate(${x + 12} ${y + 11})`}>
      <StatusShape tone={node.state} size={16} />
    </g>
    <text className={id ? css.id : css.name} x={x + 36} y={y + 24}>
      {name}
    </text>
    <text className={css.small} x={x + 36} y={y + 43}>
      {words.states[node.state]}
    </text>
  </>
);

const Part = ({ box }: { box: Box }) => (
  <To node={box.node} className={css.node} label={say(box.node)}>
    <title>{box.node.detail ?? say(box.node)}</title>
    <Frame box={box} />
    <Words box={box} name={words.kinds[box.node.kind]} />
  </To>
);

const MachineBlock = ({ machine }: { machine: Machine }) => (
  <g>
    <To node={machine.node} className={css.node} label={say(machine.node)}>
      <title>{machine.node.detail ?? say(machine.node)}</title>
      <Frame box={machine} />
      <Words box={machine} name={machine.node.name} id />
      {machine.left > 0 && (
        <text className={css.small} x={machine.x + machine.width - 12} y={machine.y + 43} textAnchor="end">
          {words.botsMore(machine.left)}
        </text>
      )}
    </To>
    {machine.bots.map(({ node, x, y, width, height }) => (
      <To key={node.id} node={node} className={css.node} label={say(node)}>
        <title>{say(node)}</title>
        <rect className={css.bot} x={x} y={y} width={width} height={height} rx="6" />
        <g transform={`translate(${x + 6} ${y + 6})`}>
          <StatusShape tone={node.state} size={16} />
        </g>
      </To>
    ))}
  </g>
);

function Table({ seen: { nodes, links } }: { seen: StaffTopology }) {
  const names = new Map(nodes.map((node) => [node.id, isOne(node) ? node.name : words.kinds[node.kind]]));
  // A bot stands on its machine; what the engine looks after is not what it needs.
  const needs = (node: StaffNode) =>
    node.kind === "bot"
      ? links.filter((link) => link.to === node.id).map((link) => names.get(link.from))
      : links.filter((link) => link.from === node.id && node.kind !== "vm" && !link.to.startsWith("vm_")).map((link) => names.get(link.to));
  const columns: Column<StaffNode>[] = [
    {
      title: words.part,
      cell: (node) => (
        <div className={`${own.text} ${own.breaks}`}>
          <To node={node}>{names.get(node.id)}</To>
          {isOne(node) && <span className={own.details}>{words.kinds[node.kind]}</span>}
        </div>
      ),
    },
    { title: words.state, cell: (node) => <Status tone={node.state} word={words.states[node.state]} /> },
    { title: words.detail, cell: (node) => node.detail, wide: true },
    { title: words.needs, cell: (node) => needs(node).join(", "), wide: true },
  ];
  return <DataTable label={words.table} columns={columns} rows={nodes} id={(node) => node.id} />;
}
