import type { StaffNode, StaffTopology } from "../../api/staff";

/** Where everything of the map stands. Numbers are those of the picture, which is as wide as `width`. */

export interface Box {
  node: StaffNode;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Machine extends Box {
  bots: Box[];
  /** Bots that are in the table only. */
  left: number;
}

export interface Line {
  id: string;
  from: readonly [number, number];
  to: readonly [number, number];
}

export interface Picture {
  width: number;
  height: number;
  services: Box[];
  machines: Machine[];
  lines: Line[];
}

const [wide, high, gap] = [172, 56, 20];
const [column, botSize, perRow] = [252, 28, 9];
const machineWidth = 24 + perRow * (botSize + 4);
export const botsMax = perRow * 4;
const pictureWidth = 2 * column + machineWidth;

const order: readonly StaffNode["kind"][] = ["payments", "storage", "vault", "registry"];

/** What is needed stands on the left, what is made on the right, so that no line passes behind a box. */
export function pictureOf({ nodes, links }: StaffTopology): Picture {
  const one = (kind: StaffNode["kind"]) => nodes.find((node) => node.kind === kind);
  const aside = order.flatMap((kind) => one(kind) ?? []);
  const machines = place(nodes, links);
  const last = machines.at(-1);
  const asideHeight = aside.length * (high + gap) - gap;
  const height = Math.max(asideHeight, 2 * (high + gap), last === undefined ? 0 : last.y + last.height);
  const box = (node: StaffNode, x: number, y: number): Box => ({ node, x, y, width: wide, height: high });
  const top = height / 2 - high - gap;
  const services = [
    ...aside.map((node, at) => box(node, 0, (height - asideHeight) / 2 + at * (high + gap))),
    ...(["api", "engine"] as const).flatMap((kind) => one(kind) ?? []).map((node, at) => box(node, column, top + at * (high + 2 * gap))),
  ];
  const boxes = new Map([...services, ...machines].map((each) => [each.node.id, each]));
  const lines = links.flatMap(({ from, to }) => {
    const [a, b] = [boxes.get(from), boxes.get(to)];
    return a && b ? [{ id: `${from} ${to}`, ...between(a, b) }] : [];
  });
  return { width: pictureWidth, height, services, machines, lines };
}

/** From one edge to the other; a tall box is met at its head. */
function between(a: Box, b: Box): Pick<Line, "from" | "to"> {
  const [from, to] = [a.y + a.height / 2, b.y + Math.min(b.height, high) / 2];
  if (a.x === b.x) return { from: [a.x + a.width / 2, a.y + a.height], to: [b.x + b.width / 2, b.y] };
  return b.x < a.x ? { from: [a.x, from], to: [b.x + b.width, to] } : { from: [a.x + a.width, from], to: [b.x, to] };
}

function place(nodes: readonly StaffNode[], links: StaffTopology["links"]): Machine[] {
  const bots = new Map(nodes.filter((node) => node.kind === "bot").map((node) => [node.id, node]));
  const x = 2 * column;
  let y = 0;
  return nodes
    .filter((node) => node.kind === "vm")
    .map((node) => {
      const all = links.filter((link) => link.from === node.id).flatMap((link) => bots.get(link.to) ?? []);
      const shown = all.slice(0, botsMax);
      const height = high + Math.ceil(shown.length / perRow) * (botSize + 4) + (shown.length > 0 ? 8 : 0);
      const machine: Machine = {
        node, x, y, height, width: machineWidth, left: all.length - shown.length,
        bots: shown.map((bot, at) => ({
          node: bot, width: botSize, height: botSize,
          x: x + 12 + (at % perRow) * (botSize + 4),
          y: y + high + Math.floor(at / perRow) * (botSize + 4),
        })),
      };
      y += height + gap;
      return machine;
    });
}

/** A line that leaves and arrives level. */
export const pathOf = ({ from: [x1, y1], to: [x2, y2] }: Line) => {
  const half = (x2 - x1) / 2;
  return `M${x1} ${y1}C${x1 + half} ${y1} ${x2 - half} ${y2} ${x2} ${y2}`;
};
