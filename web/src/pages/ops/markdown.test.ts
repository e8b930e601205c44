import { describe, expect, it } from "vitest";
import { blocksOf, inlinesOf } from "./markdown";

const text = (value: string) => ({ kind: "text", text: value });

describe("blocksOf", () => {
  it("reads headings, text over several lines, and lists whose items go on", () => {
    const blocks = blocksOf("# Page: drift\n\n**What it means.** One\nand two.\n\n1. First\n   goes on.\n2. `second`\n\n- a\n- b\n");
    expect(blocks).toEqual([
      { kind: "heading", inlines: [text("Page: drift")] },
      { kind: "text", inlines: [{ kind: "strong", text: "What it means." }, text(" One and two.")] },
      { kind: "list", ordered: true, items: [[text("First goes on.")], [{ kind: "code", text: "second" }]] },
      { kind: "list", ordered: false, items: [[text("a")], [text("b")]] },
    ]);
  });

  it("keeps code as it is, also where its fence is never closed", () => {
    expect(blocksOf("```\n# no\n  x\n```\n")).toEqual([{ kind: "code", text: "# no\n  x" }]);
    expect(blocksOf("```\nx")).toEqual([{ kind: "code", text: "x" }]);
  });
});

describe("inlinesOf", () => {
  it("takes markup for text, and of a link its words", () => {
    expect(inlinesOf('<img src=x onerror=alert(1)> [see](javascript:alert) *so*')).toEqual([
      text("<img src=x onerror=alert(1)> "), text("see"), text(" "), { kind: "em", text: "so" },
    ]);
  });
});
