import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json, jsonParseLinter } from "@codemirror/lang-json";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, forceLinting, linter, lintGutter } from "@codemirror/lint";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { Path, Schema } from "../config/schema";
import { config as words } from "../texts/config";
import { placeAt, placeOf, schemaHelp, setSchema, unknownIn } from "./schemaHelp";

/** What the server says about one place of the text. */
export interface Wrong {
  path: Path;
  message: string;
}

const setWrong = StateEffect.define<Wrong | null>();
const wrongField = StateField.define<Wrong | null>({
  create: () => null,
  // What was said about a text does not hold for the next one.
  update: (wrong, change) => {
    const said = change.effects.find((effect) => effect.is(setWrong));
    return said ? said.value : change.docChanged ? null : wrong;
  },
});

const parse = jsonParseLinter();

const lint = linter(
  (view): Diagnostic[] => {
    const wrong = view.state.field(wrongField);
    const own = view.state.doc.toString().trim() === "" ? [] : [...parse(view), ...unknownIn(view.state, words.unknownName)];
    return wrong ? [...own, { ...placeOf(view.state, wrong.path), severity: "error", message: wrong.message }] : own;
  },
  {
    delay: 300,
    needsRefresh: ({ transactions }) => transactions.some((one) => one.effects.some((effect) => effect.is(setWrong) || effect.is(setSchema))),
  },
);

const look = EditorView.theme({
  "&": { color: "var(--text)", backgroundColor: "var(--surface)", fontSize: "var(--s13)", minHeight: "318px", maxHeight: "60vh" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.25rem", overflow: "auto", minHeight: "318px" },
  ".cm-content": { caretColor: "var(--text)", padding: "8px 0" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, ::selection": {
    backgroundColor: "color-mix(in oklab, var(--link) 24%, transparent) !important",
  },
  ".cm-gutters": { backgroundColor: "var(--surface)", color: "var(--text-3)", border: "none" },
  ".cm-matchingBracket": { backgroundColor: "var(--sunken) !important", outline: "1px solid var(--control)" },
  ".cm-tooltip": { backgroundColor: "var(--surface)", color: "var(--text)", border: "1px solid var(--line)", fontFamily: "var(--sans)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxHeight: "14rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "4px 8px", lineHeight: "1.25rem" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--link)", color: "var(--surface)" },
  ".cm-completionDetail": { fontStyle: "normal", fontFamily: "var(--sans)", opacity: "0.85" },
  ".cm-completionInfo": { padding: "8px 12px", maxWidth: "22rem", lineHeight: "1.25rem" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--bad)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--warn)" },
  ".cm-lintRange-warning": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--warn)",
    textUnderlineOffset: "3px",
    textDecorationSkipInk: "none",
  },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--bad)",
    textUnderlineOffset: "3px",
    textDecorationSkipInk: "none",
  },
  // The shapes of our own states instead of pictures, which the policy of the page would have to allow.
  ".cm-lint-marker-error": { content: "normal", width: "8px", height: "8px", margin: "6px 3px", borderRadius: "50%", backgroundColor: "var(--bad)" },
  ".cm-lint-marker-warning": { content: "normal", width: "8px", height: "8px", margin: "6px 3px", borderRadius: "2px", backgroundColor: "var(--warn)" },
});

const colours = syntaxHighlighting(
  HighlightStyle.define([
    { tag: tags.propertyName, color: "var(--link)" },
    { tag: tags.string, color: "var(--ok)" },
    { tag: [tags.number, tags.bool, tags.null], color: "var(--warn)" },
    { tag: tags.invalid, color: "var(--bad)" },
  ]),
);

interface Made {
  set: (text: string) => void;
  say: (wrong: Wrong | null) => void;
  help: (schema: Schema | null) => void;
  /** As near to a place as the text comes. */
  go: (path: Path) => void;
  end: () => void;
}

interface Heard {
  onType: (text: string) => void;
  /** Where the cursor stands, each time that it moves. */
  onPlace: (path: Path) => void;
}

/** In a shadow root its styles are adopted sheets, which a strict policy allows; elements of style it would not. */
export function makeEditor(parent: HTMLElement, text: string, label: string, { onType, onPlace }: Heard): Made {
  const root = parent.shadowRoot ?? parent.attachShadow({ mode: "open" });
  // What is put in is nothing that somebody typed.
  let isQuiet = false;
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(), history(), indentOnInput(), bracketMatching(), indentUnit.of("  "), json(), colours, wrongField, schemaHelp, lint, lintGutter(), look,
        EditorView.lineWrapping,
        // Tab leaves the editor, as it leaves every field: whoever works with the keyboard alone must get out.
        keymap.of([...defaultKeymap, ...historyKeymap]),
        EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false" }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !isQuiet) onType(update.state.doc.toString());
          if (update.docChanged || update.selectionSet) onPlace(placeAt(update.state));
        }),
      ],
    }),
  });
  return {
    set: (next) => {
      if (next === view.state.doc.toString()) return;
      isQuiet = true;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } });
      isQuiet = false;
    },
    say: (wrong) => {
      view.dispatch({ effects: setWrong.of(wrong) });
      forceLinting(view);
    },
    help: (schema) => {
      view.dispatch({ effects: setSchema.of(schema) });
      forceLinting(view);
    },
    go: (path) => {
      const { from, to } = placeOf(view.state, path);
      view.dispatch({ selection: { anchor: Math.min(from + 1, to) }, scrollIntoView: true });
      view.focus();
    },
    end: () => view.destroy(),
  };
}
