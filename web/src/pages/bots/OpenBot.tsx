import { ExternalLink } from "lucide-react";
import { useEffect } from "react";
import { useToken } from "../../api/bots";
import type { Deployment } from "../../api/types";
import { Button } from "../../parts/Button";
import { Copyable } from "../../parts/Copy";
import { Dialog } from "../../parts/Dialog";
import { Facts } from "../../parts/Layout";
import { ProblemCard, Skeleton } from "../../parts/States";
import { bot as words } from "../../texts/bots";
import { en } from "../../texts/en";
import { expectBrowser, useIsExpected } from "./expected";
import { WaitingBrowsers } from "./WaitingBrowsers";

/** The token is fetched when it is asked for, and forgotten with the dialog. */
export function OpenBot({ bot, onClose }: { bot: Deployment; onClose: () => void }) {
  const token = useToken(bot.id);
  const isExpected = useIsExpected(bot.id);
  const { press } = token;
  // oxlint-disable-next-line react/exhaustive-deps -- once, when the dialog opens
  useEffect(() => press(), []);
  return (
    <Dialog
      title={words.openTitle}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{en.close}</Button>
          <Button
            kind="primary"
            icon={<ExternalLink />}
            why={bot.url === null ? en.notAllowed : null}
            onPress={() => {
              if (bot.url === null) return;
              window.open(bot.url, "_blank", "noopener,noreferrer");
              expectBrowser(bot.id);
            }}
          >
            {words.openGo}
          </Button>
        </>
      }
    >
      <p>{words.openText(bot.name)}</p>
      {token.problem && <ProblemCard problem={token.problem} onAgain={token.again} />}
      {token.answer ? (
        <Facts
          facts={[
            [words.address, bot.url],
            [words.openToken, token.answer.token && <Copyable key="token" value={token.answer.token} />],
          ]}
        />
      ) : (
        token.busy && <Skeleton lines={2} />
      )}
      <p>{words.openForget}</p>
      {isExpected && (
        <section>
          <h3>{words.pair.title}</h3>
          <WaitingBrowsers id={bot.id} />
        </section>
      )}
    </Dialog>
  );
}
