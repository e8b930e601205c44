import { lazy, Suspense } from "react";
import { useConfigSchema } from "../../api/config";
import { Problem } from "../../api/problems";
import { Button } from "../../parts/Button";
import { Card } from "../../parts/Layout";
import { Loaded, Skeleton } from "../../parts/States";
import { settings as words } from "../../texts/config";
import type { BrowserProps } from "./SettingsBrowser";

const SettingsBrowser = lazy(() => import("./SettingsBrowser").then((module) => ({ default: module.SettingsBrowser })));

interface Props extends Omit<BrowserProps, "schema" | "at"> {
  /** The one that runs; null for none. */
  version: number | null;
}

const waiting = <Skeleton lines={8} height={52} />;

/** All that the release can be set to. It is large, so it is read when somebody opens it. */
export function AllSettings({ version, ...browser }: Props) {
  const { at, go } = browser.place;
  const isOpen = at !== null;
  const query = useConfigSchema(browser.bot, version, isOpen);
  const hasNone = query.error !== null && Problem.of(query.error).kind === "not-found";
  return (
    <Card
      title={words.title}
      actions={
        <Button size="small" expanded={isOpen} onPress={() => go(isOpen ? null : [])}>
          {isOpen ? words.close : words.open}
        </Button>
      }
    >
      {!isOpen || hasNone ? (
        <p>{hasNone ? words.none : words.intro}</p>
      ) : (
        <Loaded query={query} skeleton={waiting}>
          {(schema) => (
            <Suspense fallback={waiting}>
              <SettingsBrowser {...browser} schema={schema} at={at} />
            </Suspense>
          )}
        </Loaded>
      )}
    </Card>
  );
}
