import { Navigate, useSearch } from "@tanstack/react-router";
import { CreditCard } from "lucide-react";
import { useEffect, useState } from "react";
import { useQuery } from "@tanstack/react-query";
import { api, body } from "../../api/client";
import { keys } from "../../api/keys";
import { may } from "../../api/bots";
import { ButtonLink } from "../../parts/Button";
import { Card, Page } from "../../parts/Layout";
import { Empty, Loaded } from "../../parts/States";
import { StatusShape } from "../../parts/Status";
import { en } from "../../texts/en";
import { paid as words } from "../../texts/bots";
import { PayButton } from "./PayButton";

const slowAfter = 20_000;

/** After the payment page. Only the payment provider says that something was paid, so this waits and claims nothing. */
export function Paid() {
  const { deployment, cancelled } = useSearch({ from: "/signed-in/paid" });
  return (
    <Page title={words.title} narrow>
      <Card>
        {deployment === undefined ? (
          <Empty icon={<CreditCard />} title={words.title} text={words.which} action={<ButtonLink to="/bots">{en.nav.bots}</ButtonLink>} />
        ) : (
          <Waiting id={deployment} cancelled={cancelled === true} />
        )}
      </Card>
    </Page>
  );
}

function Waiting({ id, cancelled }: { id: string; cancelled: boolean }) {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), slowAfter);
    return () => clearTimeout(timer);
  }, []);
  const query = useQuery({
    queryKey: keys.bot(id),
    queryFn: ({ signal }) => body(api.GET("/deployments/{id}", { params: { path: { id } }, signal })),
    refetchInterval: 2000,
  });
  return (
    <Loaded query={query}>
      {(bot) => {
        const begun = bot.operation ?? bot.lastOperation;
        if (begun !== null) return <Navigate to="/bots/$id/operations/$op" params={{ id, op: begun }} replace />;
        return cancelled && may(bot, "pay") ? (
          <Empty icon={<CreditCard />} title={words.cancelledTitle} text={words.cancelledText} action={<PayButton id={id} />} />
        ) : (
          <Empty
            icon={<StatusShape tone="busy" size={24} />}
            title={words.waiting}
            text={slow ? words.slow : words.waitingText}
            action={
              slow && (
                <ButtonLink to="/bots/$id" params={{ id }}>
                  {words.toBot}
                </ButtonLink>
              )
            }
          />
        );
      }}
    </Loaded>
  );
}
