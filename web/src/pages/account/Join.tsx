import { useEffect } from "react";
import { useJoin } from "../../api/people";
import { workIn } from "../../api/workplace";
import { Page } from "../../parts/Layout";
import { ActProblem, Skeleton } from "../../parts/States";
import { join as words } from "../../texts/people";
import { invitation } from "../public/Invitation";

/** Takes an invitation up that was opened, once somebody is signed in. */
export function Join() {
  const { press, ...act } = useJoin((account) => {
    invitation.forget();
    workIn(account);
  });
  const token = invitation.kept();
  useEffect(() => {
    if (token !== null) press(token);
    // oxlint-disable-next-line react/exhaustive-deps -- once, when the page is opened
  }, []);
  return (
    <Page title={words.title} narrow>
      {token === null && !act.answer ? (
        <p>{words.none}</p>
      ) : act.problem ? (
        <ActProblem act={act} />
      ) : (
        <>
          <p role="status">{words.joining}</p>
          <Skeleton lines={2} />
        </>
      )}
    </Page>
  );
}
