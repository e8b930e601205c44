import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { idOf, type Path } from "../../config/schema";

/** Where somebody is among the settings. */
export interface SettingsPlace {
  /** The level that is open, the empty one being the top; null while they are closed. */
  at: Path | null;
  query: string;
  /** `instead` of the level that is open: it is none to come back to. */
  go: (to: Path | null, instead?: boolean) => void;
  search: (query: string) => void;
}

const nothing = { on: "", text: "" };

/** The level stands in the address, so that a reload, going back and a link lead to it. What is looked for belongs to the level that it was typed
 * on: whoever goes back to that finds it again, and whoever opens it anew does not. */
export function useSettingsPlace(): SettingsPlace {
  const { settings: at = null } = useSearch({ from: "/signed-in/bots/$id/config" });
  const navigate = useNavigate({ from: "/bots/$id/config" });
  const [query, setQuery] = useState(nothing);
  const here = idOf(at ?? []);
  return {
    at,
    query: query.on === here ? query.text : "",
    go: (to, instead = false) => {
      if (to === null || query.on === idOf(to)) setQuery(nothing);
      void navigate({
        search: ({ settings: _before, ...rest }) => (to === null ? rest : { ...rest, settings: [...to] }),
        replace: instead,
        resetScroll: false,
      });
    },
    search: (text) => setQuery({ on: here, text }),
  };
}
