import { useEffect, useState } from "react";

/** What is kept of an order while it is written. Secrets are not part of it: nothing may store them. */
export interface Draft {
  name: string;
  plan: string;
  model: string;
  instructions: string;
}

const place = "launchpad.draft.bot";
const empty: Draft = { name: "", plan: "", model: "", instructions: "" };

function stored(): Draft {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(place) ?? "null");
    if (typeof kept !== "object" || kept === null) return empty;
    const text = (name: keyof Draft) => {
      const value = (kept as Record<string, unknown>)[name];
      return typeof value === "string" ? value : "";
    };
    return { name: text("name"), plan: text("plan"), model: text("model"), instructions: text("instructions") };
  } catch {
    return empty;
  }
}

export function useDraft() {
  const [draft, setDraft] = useState(stored);
  useEffect(() => sessionStorage.setItem(place, JSON.stringify(draft)), [draft]);
  return {
    draft,
    change: (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part })),
    forget: () => sessionStorage.removeItem(place),
  };
}
