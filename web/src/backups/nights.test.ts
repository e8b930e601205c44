import { expect, it } from "vitest";
import type { Backup } from "../api/backups";
import { nights } from "./nights";

const at = (day: number, hour: number) => new Date(2026, 10, day, hour).toISOString();
const backup = (day: number, more: Partial<Backup> = {}) => ({ id: `bak_${day}`, at: at(day, 3), proven: null, deleted: null, ...more }) as Backup;

it("says of each day whether a backup of it is kept and whether it was proven", () => {
  const now = new Date(2026, 10, 28, 12).getTime();
  const all = [backup(27), backup(26, { proven: at(27, 9) }), backup(24, { deleted: at(29, 3) })];
  const found = nights(all, now, new Date(2026, 10, 24, 10).getTime(), 6);
  expect(found.map((night) => night.state)).toEqual(["before", "none", "none", "proven", "kept", "waiting"]);
  expect(found.map((night) => new Date(night.day).getDate())).toEqual([23, 24, 25, 26, 27, 28]);
});
