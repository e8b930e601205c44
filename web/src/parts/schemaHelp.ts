import { autocompletion, closeBrackets, closeBracketsKeymap, type Completion, type CompletionContext, type CompletionResult, completionKeymap, startCompletion } from "@codemirror/autocomplete";
import { ensureSyntaxTree, syntaxTree } from "@codemirror/language";
import type { Diagnostic } from "@codemirror/lint";
import { type EditorState, type Extension, StateEffect, StateField, type Transaction } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { isUnknown, membersOf, type Path, type Schema, valuesOf } from "../config/schema";

type SyntaxNode = ReturnType<ReturnType<typeof syntaxTree>["resolveInner"]>;

export const setSchema = StateEffect.define<Schema | null>();

const schemaField = StateField.define<Schema | null>({
  create: () => null,
  update: (schema, change) => change.effects.find((effect) => effect.is(setSchema))?.value ?? schema,
});

const containers = ["Object", "Array"];

/** So long may reading the text take, which it does on a machine that is busy with other things. */
const readMs = 500;

/** Of the whole text. By itself the editor reads it in pieces when it has time, and nobody asks again when it is done. */
export const treeOf = (state: EditorState) => ensureSyntaxTree(state, state.doc.length, readMs) ?? syntaxTree(state);

function nameOf(state: EditorState, property: SyntaxNode): string {
  const written = property.getChild("PropertyName");
  if (written === null) return "";
  const raw = state.sliceDoc(written.from, written.to);
  try {
    return JSON.parse(raw) as string;
  } catch {
    return raw.replaceAll('"', "");
  }
}

function pathOf(state: EditorState, from: SyntaxNode): (string | number)[] {
  const path: (string | number)[] = [];
  for (let node: SyntaxNode | null = from; node?.parent; node = node.parent) {
    if (node.name === "Property") path.unshift(nameOf(state, node));
    if (node.parent.name === "Array") path.unshift(indexIn(node.parent, node));
  }
  return path;
}

function itemsIn(list: SyntaxNode): SyntaxNode[] {
  const items: SyntaxNode[] = [];
  for (let node = list.firstChild; node; node = node.nextSibling) if (!["[", "]", ","].includes(node.name)) items.push(node);
  return items;
}

const indexIn = (list: SyntaxNode, item: SyntaxNode) => itemsIn(list).filter(({ from }) => from < item.from).length;

/** The place in the config at which the cursor stands. */
export function placeAt(state: EditorState): Path {
  return pathOf(state, treeOf(state).resolveInner(state.selection.main.head, -1));
}

/** Where a path begins: as far as the text has it. */
export function placeOf(state: EditorState, path: Path): { from: number; to: number } {
  let node = treeOf(state).topNode.firstChild;
  let place = { from: 0, to: Math.min(1, state.doc.length) };
  for (const part of path) {
    const isNumber = typeof part === "number";
    const next = node && (isNumber ? (node.name === "Array" ? itemsIn(node)[part] : null) : node.getChildren("Property").find((one) => nameOf(state, one) === part));
    if (!next) break;
    const sign = isNumber ? next : next.getChild("PropertyName");
    place = { from: sign?.from ?? next.from, to: Math.min(sign?.to ?? next.to, state.doc.lineAt(next.from).to) };
    node = isNumber ? next : next.lastChild;
  }
  return place;
}

/** Names that the release refuses. Where a name is unknown, nothing inside is told as well. */
export function unknownIn(state: EditorState, say: (name: string) => string): Diagnostic[] {
  const schema = state.field(schemaField);
  const found: Diagnostic[] = [];
  if (schema === null) return found;
  treeOf(state).iterate({
    enter: ({ name, node }) => {
      if (name !== "Property") return true;
      const path = pathOf(state, node);
      const written = node.getChild("PropertyName");
      if (written === null || !isUnknown(schema, path)) return true;
      found.push({ from: written.from, to: written.to, severity: "warning", message: say(String(path.at(-1))) });
      return false;
    },
  });
  return found;
}

/** Names and values of the release, where one can stand. */
export function complete(context: CompletionContext): CompletionResult | null {
  const { state, pos } = context;
  const schema = state.field(schemaField);
  const all = schema === null ? null : offer(context, schema);
  if (all === null) return null;
  // The marks around what is typed are there from its first letter on, and would hardly look like any of it.
  const typed = state.sliceDoc(Math.min(all.from, pos), pos).replaceAll('"', "").toLowerCase();
  const options = all.options.filter(({ label }) => label.toLowerCase().includes(typed));
  return options.length === 0 ? null : { ...all, options, filter: false };
}

function offer({ state, pos, explicit }: CompletionContext, schema: Schema): CompletionResult | null {
  const node = treeOf(state).resolveInner(pos, -1);
  if (node.name === "PropertyName" && node.parent?.name === "Property") {
    return names(state, schema, pathOf(state, node.parent).slice(0, -1), node.from, node.to, node.parent.parent);
  }
  const property = node.name === "Property" ? node : node.parent?.name === "Property" ? node.parent : null;
  if (property !== null && isAfterColon(state, property, pos)) {
    const isValue = node !== property && node.to >= pos && node.name !== ":" && !containers.includes(node.name);
    return valuesAt(schema, pathOf(state, property), isValue ? node.from : pos, isValue ? node.to : pos);
  }
  const around = node.name === "Object" ? node : node.parent?.name === "Object" ? node.parent : null;
  return explicit && around !== null ? names(state, schema, pathOf(state, around), pos, pos, around) : null;
}

const isAfterColon = (state: EditorState, property: SyntaxNode, pos: number) => {
  const written = property.getChild("PropertyName");
  return written !== null && pos > written.to && /^\s*:/.test(state.sliceDoc(written.to, pos));
};

function names(state: EditorState, schema: Schema, path: Path, from: number, to: number, around: SyntaxNode | null): CompletionResult {
  const taken = new Set(around?.getChildren("Property").filter((one) => one.from !== from).map((one) => nameOf(state, one)));
  const hasColon = /^\s*:/.test(state.sliceDoc(to, to + 10));
  const options = membersOf(schema, path)
    .filter(({ name }) => !taken.has(name))
    .map(({ name, title, text }): Completion => ({
      label: JSON.stringify(name),
      displayLabel: name,
      ...(title === null ? {} : { detail: title }),
      ...(text === null ? {} : { info: text }),
      apply: `${JSON.stringify(name)}${hasColon ? "" : ": "}`,
      type: "property",
    }));
  return { from, to, options };
}

function valuesAt(schema: Schema, path: Path, from: number, to: number): CompletionResult {
  const options = valuesOf(schema, path).map((value): Completion => ({ label: JSON.stringify(value), type: "enum" }));
  return { from, to, options };
}

/** A quotation mark comes with its other half, which the editor does not take for typing. */
function opensQuotes(typed: Transaction): boolean {
  let opens = false;
  if (typed.isUserEvent("input.type")) typed.changes.iterChanges((_from, _to, _at, _end, put) => { opens ||= put.toString() === '""'; });
  return opens;
}

/** Offers what the release knows, as soon as there is a schema. */
export const schemaHelp: Extension = [
  schemaField,
  closeBrackets(),
  autocompletion({ override: [complete], icons: false, activateOnCompletion: () => true }),
  EditorView.updateListener.of((update) => {
    if (update.transactions.some(opensQuotes)) startCompletion(update.view);
  }),
  keymap.of([...closeBracketsKeymap, ...completionKeymap]),
];
