import { describe, expect, it } from "vitest";
import changed from "./fixtures/changed.json";
import missing from "./fixtures/missing.json";
import swapped from "./fixtures/swapped.json";
import whole from "./fixtures/whole.json";
import { canonical, type Page, type Row, sha256, verify } from "./verify";

const page = (from: unknown) => structuredClone(from) as Page;
const row = (of: Page, at: number) => of.rows[at] as Row;

/** Rows from one on as somebody would make them who can write the table: whole in themselves. */
async function rewritten(from: Page, at: number): Promise<Page> {
  const forged = page(from);
  let previous = row(forged, at - 1).hash;
  for (const one of forged.rows.slice(at)) {
    Object.assign(one, { actor: "nobody", previous, words: undefined });
    const { hash: _hash, words: _words, ...rest } = one;
    one.hash = await sha256(canonical(JSON.parse(JSON.stringify(rest))));
    previous = one.hash;
  }
  forged.head.hash = previous;
  return forged;
}

describe("a record", () => {
  it("that is whole has as many rows as it says, and its head", async () => {
    expect(await verify([page(whole)], null)).toEqual({ whole: true, count: 8, head: whole.head, keptIn: false });
  });
  it("may come in pages", async () => {
    const [first, last] = [page(whole), page(whole)];
    first.rows = first.rows.slice(0, 3);
    last.rows = last.rows.slice(3);
    expect((await verify([first, last], null)).whole).toBe(true);
    expect(await verify([first], null)).toEqual({ whole: false, fault: "end", row: 3 });
  });
  it.each([
    ["changed", changed, 4, "changed"],
    ["missing", missing, 3, "order"],
    ["swapped", swapped, 2, "order"],
  ])("with a row that is %s names it", async (_, from, at, fault) => {
    expect(await verify([page(from)], null)).toEqual({ whole: false, fault, row: at });
  });
  it("sees one character anywhere", async () => {
    for (const change of [
      (one: Page) => Object.assign(row(one, 0), { at: "2026-11-28T08:00:00.001Z" }),
      (one: Page) => Object.assign(row(one, 6).data as object, { attempt: 3 }),
      (one: Page) => Object.assign(row(one, 1), { previous: row(one, 1).previous.replace(/^./, "x") }),
      (one: Page) => Object.assign(row(one, 7).data as object, { more: true }),
    ]) {
      const one = page(whole);
      change(one);
      expect((await verify([one], null)).whole).toBe(false);
    }
  });
  it("holds the words of a failure to their hash, and does without them once they are erased", async () => {
    const other = page(whole);
    row(other, 5).words = "nothing happened";
    expect(await verify([other], null)).toEqual({ whole: false, fault: "words", row: 5 });
    const { words: _, ...erased } = row(other, 5);
    other.rows[5] = erased as Row;
    expect((await verify([other], null)).whole).toBe(true);
  });
  it("of another bot does not join on", async () => {
    const other = { ...page(whole), deployment: "dep_01ARZ3NDEKTSV4RRFFQ69G5FAV" };
    expect(await verify([other], null)).toEqual({ whole: false, fault: "joins", row: 0 });
  });
  it("without a row ends where it says", async () => {
    expect((await verify([], null)).whole).toBe(false);
    expect((await verify([{ ...page(whole), rows: [] }], null)).whole).toBe(false);
  });
});

describe("a head that was kept", () => {
  it("is in a record that has grown", async () => {
    const kept = { sequence: 4, hash: row(page(whole), 4).hash };
    expect(await verify([page(whole)], kept)).toMatchObject({ whole: true, keptIn: true });
  });
  it("shows a record that was rewritten from some row on, though it is whole in itself", async () => {
    const forged = await rewritten(page(whole), 5);
    expect((await verify([forged], null)).whole).toBe(true);
    expect(await verify([forged], whole.head)).toEqual({ whole: false, fault: "rewritten", row: 7 });
  });
  it("shows a record that has become shorter", async () => {
    const shorter = page(whole);
    shorter.rows = shorter.rows.slice(0, 5);
    shorter.head = { sequence: 4, hash: row(shorter, 4).hash };
    expect(await verify([shorter], whole.head)).toEqual({ whole: false, fault: "rewritten", row: 5 });
  });
});
