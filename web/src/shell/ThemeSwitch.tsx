import { Monitor, Moon, Sun } from "lucide-react";
import { type ReactNode, useState } from "react";
import { en } from "../texts/en";
import css from "./ThemeSwitch.module.css";

type Theme = "system" | "light" | "dark";
const place = "launchpad.theme";

const choices: { theme: Theme; icon: ReactNode }[] = [
  { theme: "system", icon: <Monitor /> },
  { theme: "light", icon: <Sun /> },
  { theme: "dark", icon: <Moon /> },
];

function choose(theme: Theme) {
  if (theme === "system") {
    delete document.documentElement.dataset["theme"];
    localStorage.removeItem(place);
  } else {
    document.documentElement.dataset["theme"] = theme;
    localStorage.setItem(place, theme);
  }
}

/** Light, dark, or as the system; public/theme.js reads it before the first paint. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState<Theme>(() => (document.documentElement.dataset["theme"] as Theme | undefined) ?? "system");
  return (
    <div className={css.switch} role="group" aria-label={en.theme.label}>
      {choices.map(({ theme: one, icon }) => (
        <button
          key={one}
          type="button"
          aria-pressed={one === theme}
          aria-label={en.theme[one]}
          title={en.theme[one]}
          onClick={(event) => {
            // The menu around it stays open: the change is to be seen.
            event.stopPropagation();
            choose(one);
            setTheme(one);
          }}
        >
          {icon}
        </button>
      ))}
    </div>
  );
}
