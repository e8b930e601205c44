import { useEffect, useState } from "react";
import { useVerify } from "../../api/security";
import { ButtonLink } from "../../parts/Button";
import { ActProblem, Skeleton } from "../../parts/States";
import { verify as words } from "../../texts/signIn";
import { PublicCard } from "./PublicCard";
import { useLinkToken } from "./useLinkToken";

/** Where the links of mails lead that ask whether an address is somebody's own, or give one back that the account was moved away from. */
export function Verify() {
  const [isBack] = useState(() => new URLSearchParams(location.hash.slice(1)).has("back"));
  const token = useLinkToken();
  const { press, ...act } = useVerify();
  useEffect(() => {
    press(token);
    // oxlint-disable-next-line react/exhaustive-deps -- once, when the page is opened
  }, []);
  return (
    <PublicCard
      title={act.answer ? (isBack ? words.backTitle : words.doneTitle) : words.title}
      intro={act.answer ? (isBack ? words.back : words.done)(act.answer.email) : undefined}
    >
      <div className="stack">
        {act.problem ? <ActProblem act={act} /> : !act.answer && <Skeleton lines={2} />}
        {act.problem && <p>{words.again}</p>}
        {(act.answer || act.problem) && (
          <ButtonLink to={act.answer ? (isBack ? "/forgot" : "/bots") : "/account"} kind="primary" wide>
            {act.answer ? (isBack ? words.toForgot : words.toBots) : words.toAccount}
          </ButtonLink>
        )}
      </div>
    </PublicCard>
  );
}
