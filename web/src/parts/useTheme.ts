import { useSyncExternalStore } from "react";

const dark = "(prefers-color-scheme: dark)";
const forced = "(forced-colors: active)";

function follow(changed: () => void) {
  const queries = [matchMedia(dark), matchMedia(forced)];
  const chosen = new MutationObserver(changed);
  chosen.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  for (const query of queries) query.addEventListener("change", changed);
  return () => {
    chosen.disconnect();
    for (const query of queries) query.removeEventListener("change", changed);
  };
}

/** Another text for each way that colours can be: for what is painted, and must be painted again. */
export const useTheme = () =>
  useSyncExternalStore(follow, () => `${document.documentElement.dataset["theme"] ?? matchMedia(dark).matches} ${matchMedia(forced).matches}`);
