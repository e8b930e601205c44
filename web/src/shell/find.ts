interface Named {
  id: string;
  name: string;
}

/** Each word that was typed has to be there, in any order; the pages of a bot only once something was typed, because there are many. */
export function find<T extends Named>(places: readonly T[], pages: readonly T[], typed: string): T[] {
  const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const passes = ({ id, name }: Named) => wanted.every((word) => name.toLowerCase().includes(word) || id.startsWith(word));
  return [...places.filter(passes), ...(wanted.length > 0 ? pages.filter(passes) : [])];
}
