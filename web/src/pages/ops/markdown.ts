/** As much of Markdown as runbooks use, read into plain data: what is drawn of it is text, whatever stands in it. */

export type Inline = { kind: "text" | "strong" | "code" | "em"; text: string };

export type Block =
  | { kind: "heading" | "text"; inlines: Inline[] }
  | { kind: "code"; text: string }
  | { kind: "list"; ordered: boolean; items: Inline[][] };

const marks = /\*\*(?<strong>[^*]+)\*\*|`(?<code>[^`]+)`|\*(?<em>[^*\s][^*]*)\*|\[(?<label>[^\]]+)\]\([^)\s]*\)/g;

export function inlinesOf(text: string): Inline[] {
  const found: Inline[] = [];
  let at = 0;
  for (const match of text.matchAll(marks)) {
    const { strong, code, em, label } = match.groups ?? {};
    if (match.index > at) found.push({ kind: "text", text: text.slice(at, match.index) });
    at = match.index + match[0].length;
    if (strong !== undefined) found.push({ kind: "strong", text: strong });
    else if (code !== undefined) found.push({ kind: "code", text: code });
    else if (em !== undefined) found.push({ kind: "em", text: em });
    else if (label !== undefined) found.push({ kind: "text", text: label });
  }
  if (at < text.length) found.push({ kind: "text", text: text.slice(at) });
  return found;
}

const item = /^\s*(?:(?<number>\d+)\.|[-*])\s+(?<text>.*)$/;

interface Open {
  kind: "text" | "list";
  ordered: boolean;
  lines: string[];
}

const closed = ({ kind, ordered, lines }: Open): Block =>
  kind === "list" ? { kind, ordered, items: lines.map(inlinesOf) } : { kind, inlines: inlinesOf(lines.join(" ")) };

/** Adds one line to what is open, or begins something with it. */
function add(open: Open | undefined, line: string): { open: Open; isNew: boolean } {
  const found = item.exec(line)?.groups;
  const ordered = found?.["number"] !== undefined;
  const kind = found ? "list" : "text";
  if (found ? open?.kind === "list" && open.ordered === ordered : open?.kind === "text") {
    open?.lines.push(found?.["text"] ?? line.trim());
  } else if (!found && open?.kind === "list" && /^\s/.test(line)) {
    open.lines.push(`${open.lines.pop() ?? ""} ${line.trim()}`);
  } else return { open: { kind, ordered, lines: [found?.["text"] ?? line.trim()] }, isNew: true };
  return { open, isNew: false } as { open: Open; isNew: boolean };
}

export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  let open: Open | undefined;
  let code: string[] | undefined;
  for (const line of [...markdown.split(/\r?\n/), ""]) {
    const isFence = line.trimStart().startsWith("```");
    const isHeading = code === undefined && /^#+\s/.test(line);
    const next = code !== undefined || isFence || isHeading || line.trim() === "" ? undefined : add(open, line);
    if (open && (next === undefined || next.isNew)) blocks.push(closed(open));
    open = next?.open;
    if (isFence && code !== undefined) blocks.push({ kind: "code", text: code.join("\n") });
    if (isFence) code = code === undefined ? [] : undefined;
    else code?.push(line);
    if (isHeading) blocks.push({ kind: "heading", inlines: inlinesOf(line.replace(/^#+\s+/, "")) });
  }
  // The line that was added to close what is open is none of the code.
  if (code) blocks.push({ kind: "code", text: code.slice(0, -1).join("\n") });
  return blocks;
}
