import type { Runbook as Page } from "../../api/staff";
import { opsAlerts as words } from "../../texts/ops";
import { type Block, blocksOf, type Inline } from "./markdown";
import css from "./Ops.module.css";

const Words = ({ inlines }: { inlines: readonly Inline[] }) =>
  inlines.map(({ kind, text }, index) => {
    const key = `${index}${kind}`;
    if (kind === "strong") return <strong key={key}>{text}</strong>;
    if (kind === "code") return <code key={key}>{text}</code>;
    return kind === "em" ? <em key={key}>{text}</em> : text;
  });

const List = ({ ordered, items }: Extract<Block, { kind: "list" }>) => {
  const all = items.map((inlines, index) => (
    // Its place is all that an item has of its own.
    // oxlint-disable-next-line react/no-array-index-key
    <li key={index}>
      <Words inlines={inlines} />
    </li>
  ));
  return ordered ? <ol>{all}</ol> : <ul>{all}</ul>;
};

function Part({ block }: { block: Block }) {
  if (block.kind === "list") return <List {...block} />;
  if (block.kind === "code") return <pre tabIndex={0}>{block.text}</pre>;
  return block.kind === "heading" ? (
    <h3>
      <Words inlines={block.inlines} />
    </h3>
  ) : (
    <p>
      <Words inlines={block.inlines} />
    </p>
  );
}

/** What to do, folded until it is wanted. */
export const Runbook = ({ page }: { page: Page }) => (
  <details className={css.fold}>
    <summary>{words.runbook(page.name)}</summary>
    <div className={css.runbook}>
      {blocksOf(page.text).map((block, index) => (
        // oxlint-disable-next-line react/no-array-index-key
        <Part key={index} block={block} />
      ))}
    </div>
  </details>
);
