import { ownerOf } from "./owned";
import type { Schema } from "./schema";
import { inside, nameOf, type Setting, whole } from "./settings";

/** What is looked through, in small letters. */
interface Text {
  name: string;
  path: string;
  /** The path as words: a blank before each name and before each capital. */
  words: string;
  title: string;
  text: string;
  /** It cannot be changed, so what can be comes first. */
  isOurs: boolean;
}

const texts = new WeakMap<Setting, Text>();

function textOf(setting: Setting): Text {
  const before = texts.get(setting);
  if (before) return before;
  const made = {
    name: nameOf(setting).toLowerCase(),
    path: setting.id.toLowerCase(),
    words: ` ${setting.id.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replace(/[.\-_[\]]/g, " ")}`.toLowerCase(),
    title: ` ${setting.title ?? ""}`.toLowerCase(),
    text: (setting.text ?? "").toLowerCase(),
    isOurs: ownerOf(setting.path) !== null,
  };
  texts.set(setting, made);
  return made;
}

/** As many as a page can look through between two keys. */
const countMax = 20_000;
/** So long may nothing else be done. */
const sliceMs = 12;

const known = new WeakMap<Schema, Promise<readonly Setting[]>>();

/** Every setting whose names are the release's own, ready to be looked through. That takes a moment, so it is done once, and in slices. */
export function settingsOf(root: Schema): Promise<readonly Setting[]> {
  const before = known.get(root);
  if (before) return before;
  const made = collect(root);
  known.set(root, made);
  return made;
}

async function collect(root: Schema): Promise<readonly Setting[]> {
  const found: Setting[] = [];
  let until = performance.now() + sliceMs;
  for (const setting of inside(root, whole(root))) {
    textOf(setting);
    if (found.push(setting) >= countMax) break;
    if (performance.now() < until) continue;
    await new Promise((resolve) => setTimeout(resolve));
    until = performance.now() + sliceMs;
  }
  return found;
}

/** What can be set under names of one's own and in entries of lists. */
export function ownSettingsOf(root: Schema, own: readonly Setting[]): Setting[] {
  const found: Setting[] = [];
  for (const place of own) {
    for (const one of [place, ...inside(root, place)]) if (found.push(one) >= countMax) return found;
  }
  return found;
}

/** How well a word fits: the less the better; null for not at all. */
function rank({ name, path, words, title, text }: Text, word: string): number | null {
  if (name === word || path === word) return 0;
  if (name.startsWith(word) || path.startsWith(word)) return 1;
  if (words.includes(` ${word}`)) return 2;
  if (title.includes(` ${word}`)) return 3;
  if (path.includes(word) || title.includes(word)) return 4;
  return text.includes(word) ? 6 : null;
}

function rankOf(text: Text, words: readonly string[]): number | null {
  let sum = 0;
  for (const word of words) {
    const one = rank(text, word);
    if (one === null) return null;
    sum += one;
  }
  return sum;
}

interface Found {
  setting: Setting;
  rank: number;
  isOurs: boolean;
}

const order = (one: Found, other: Found) =>
  one.rank - other.rank ||
  Number(one.isOurs) - Number(other.isOurs) ||
  one.setting.path.length - other.setting.path.length ||
  one.setting.id.length - other.setting.id.length;

/** Those that have all the words, the best first: as a name before as a title before as a description; then the nearest to the top, and the shortest. */
export function find(settings: readonly Setting[], query: string): Setting[] {
  const words = query.toLowerCase().split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return [];
  return settings
    .flatMap((setting) => {
      const text = textOf(setting);
      const found = rankOf(text, words);
      return found === null ? [] : [{ setting, rank: found, isOurs: text.isOurs }];
    })
    .toSorted(order)
    .map(({ setting }) => setting);
}
