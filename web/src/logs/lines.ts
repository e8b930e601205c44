import type { components } from "../api/schema.gen";

export type Line = components["schemas"]["BotLine"];

/** Of two lines the older one's id sorts last. */
const isOlder = (one: Line, than: Line) => one.id > than.id;

/** More lines than people scroll through; the older ones are kept by the server. */
export const linesMax = 20_000;

/** The lines with some more, oldest first and none twice. Nearly always the new ones go on where the others end. */
export function joined(lines: readonly Line[], more: readonly Line[]): Line[] {
  const result = [...lines];
  for (const line of more) {
    let at = result.length;
    while (at > 0 && isOlder(line, result[at - 1] as Line)) at -= 1;
    if (result[at - 1]?.id !== line.id) result.splice(at, 0, line);
  }
  return result.length > linesMax ? result.slice(-linesMax) : result;
}

/** The parts of a text that are and that are not what is looked for, in turns; the first is not. */
export function parts(text: string, wanted: string): string[] {
  if (wanted === "") return [text];
  const found: string[] = [];
  const [low, needle] = [text.toLowerCase(), wanted.toLowerCase()];
  // A letter whose small form is longer would shift everything after it.
  if (low.length !== text.length) return [text];
  let from = 0;
  for (let at = low.indexOf(needle); at >= 0; at = low.indexOf(needle, from)) {
    found.push(text.slice(from, at), text.slice(at, at + needle.length));
    from = at + needle.length;
  }
  return [...found, text.slice(from)];
}

export const isWanted = (line: Line, wanted: string, stream: string | null) =>
  (stream === null || line.stream === stream) && (wanted === "" || line.text.toLowerCase().includes(wanted.toLowerCase()));

export const asText = (lines: readonly Line[]) => lines.map(({ at, stream, text }) => `${at} ${stream} ${text}\n`);
