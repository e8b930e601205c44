import { describe, expect, it } from "vitest";
import type { StaffNode } from "../../api/staff";
import { botsMax, pathOf, pictureOf } from "./map";

const node = (id: string, kind: StaffNode["kind"]): StaffNode => ({ id, kind, name: id, state: "ok", account: null, detail: null });
const services = (["api", "engine", "storage", "vault", "registry", "payments"] as const).map((kind) => node(kind, kind));

describe("pictureOf", () => {
  it("gives every part a place of its own", () => {
    const nodes = [...services, node("vm_1", "vm"), node("vm_2", "vm"), node("dep_1", "bot"), node("dep_2", "bot")];
    const links = [{ from: "engine", to: "vm_1" }, { from: "vm_1", to: "dep_1" }, { from: "vm_1", to: "dep_2" }];
    const { services: placed, machines, lines, height } = pictureOf({ nodes, links, hasMore: false, checkedAt: "" });
    const boxes = [...placed, ...machines];
    expect(boxes).toHaveLength(8);
    for (const a of boxes)
      for (const b of boxes)
        if (a !== b) expect(a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y).toBe(true);
    expect(machines[0]?.bots.map((bot) => bot.node.id)).toEqual(["dep_1", "dep_2"]);
    expect(boxes.every((box) => box.y >= 0 && box.y + box.height <= height)).toBe(true);
    // What a bot stands in needs no line to it.
    expect(lines.map((line) => line.id)).toEqual(["engine vm_1"]);
    expect(pathOf({ id: "", from: [0, 0], to: [10, 4] })).toBe("M0 0C5 0 5 4 10 4");
  });

  it("says how many bots did not fit, and draws without any machine", () => {
    const many = Array.from({ length: botsMax + 3 }, (_, at) => node(`dep_${at}`, "bot"));
    const links = many.map((bot) => ({ from: "vm_1", to: bot.id }));
    expect(pictureOf({ nodes: [...services, node("vm_1", "vm"), ...many], links, hasMore: false, checkedAt: "" }).machines[0]?.left).toBe(3);
    expect(pictureOf({ nodes: services, links: [], hasMore: false, checkedAt: "" }).machines).toEqual([]);
  });
});
