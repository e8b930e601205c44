/** Where somebody goes after signing in: only where the app itself leads, as an address elsewhere would send people off with our name on it. */
export function ownPath(next: unknown): string | undefined {
  if (typeof next !== "string" || !next.startsWith("/") || !URL.canParse(next, location.origin)) return undefined;
  const { origin, pathname, search, hash } = new URL(next, location.origin);
  return origin === location.origin && !pathname.startsWith("//") ? pathname + search + hash : undefined;
}
