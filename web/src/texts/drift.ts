const names: Readonly<Record<string, string>> = { image: "Image", limits: "Limits", container: "Container" };

export const drift = {
  title: "Differences",
  none: "The machine has what was wanted",
  noneOther: "Nothing else differs",
  last: "A difference ended",
  differs: "Not as it was wanted",
  accepted: "Accepted as it is",
  since: "found",
  seen: "still so",
  what: (what: string) => names[what] ?? what,
  wanted: "Wanted",
  found: "Found",
  /** Of a hash as much as tells it from another. */
  value: (value: string | null) => value?.replaceAll(/[0-9a-f]{24,}/g, (hash) => `${hash.slice(0, 12)}…`) ?? "nothing",
  revert: "Put it right",
  accept: "Accept as it is",
  effect: (acceptable: boolean) =>
    `Putting it right starts the bot anew as its version says.${acceptable ? " Accepting changes nothing on the machine; it is only not reported any more." : ""}`,
  going: "The bot is being brought back to what its version says.",
  done: "It is as its version says.",
} as const;
