import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json, jsonParseLinter } from "@codemirror/lang-json";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting, syntaxTree } from "@codemirror/language";
import { type Diagnostic, forceLinting, linter, lintGutter } from "@codemirror/lint";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** What the server says about one place of the text. */
export interface Wrong {
  path: readonly string[];
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

/** Where a path begins: as far as the text has it. */
function placeOf(state: EditorState, path: readonly string[]): { from: number; to: number } {
  let node = syntaxTree(state).topNode.getChild("Object");
  let place = { from: 0, to: Math.min(1, state.doc.length) };
  for (const name of path) {
    const property = node?.getChildren("Property").find((one) => {
      const written = one.getChild("PropertyName");
      return written !== null && state.sliceDoc(written.from, written.to) === JSON.stringify(name);
    });
    const written = property?.getChild("PropertyName");
    if (!property || !written) break;
    place = { from: written.from, to: written.to };
    node = property.getChild("Object");
  }
  return place;
}

const parse = jsonParseLinter();

const lint = linter(
  (view): Diagnostic[] => {
    const wrong = view.state.field(wrongField);
    const own = view.state.doc.toString().trim() === "" ? [] : parse(view);
    return wrong ? [...own, { ...placeOf(view.state, wrong.path), severity: "error", message: wrong.message }] : own;
  },
  { delay: 300, needsRefresh: ({ transactions }) => transactions.some((one) => one.effects.some((effect) => effect.is(setWrong))) },
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
  ".cm-diagnostic-error": { borderLeftColor: "var(--bad)" },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--bad)",
    textUnderlineOffset: "3px",
    textDecorationSkipInk: "none",
  },
  // The shapes of our own states instead of pictures, which the policy of the page would have to allow.
  ".cm-lint-marker-error": { content: "normal", width: "8px", height: "8px", margin: "6px 3px", borderRadius: "50%", backgroundColor: "var(--bad)" },
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
  end: () => void;
}

/** In a shadow root its styles are adopted sheets, which a strict policy allows; elements of style it would not. */
export function makeEditor(parent: HTMLElement, text: string, label: string, onType: (text: string) => void): Made {
  const root = parent.shadowRoot ?? parent.attachShadow({ mode: "open" });
  // What is put in is nothing that somebody typed.
  let isQuiet = false;
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(), history(), indentOnInput(), bracketMatching(), indentUnit.of("  "), json(), colours, wrongField, lint, lintGutter(), look,
        EditorView.lineWrapping,
        // Tab leaves the editor, as it leaves every field: whoever works with the keyboard alone must get out.
        keymap.of([...defaultKeymap, ...historyKeymap]),
        EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false" }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !isQuiet) onType(update.state.doc.toString());
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
    end: () => view.destroy(),
  };
}
