import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { type StaffReview, useDecide, useReviews } from "../../api/staff";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { errorOf, Field } from "../../parts/Field";
import { Card, Page } from "../../parts/Layout";
import { Empty, Loaded, ProblemCard, Skeleton } from "../../parts/States";
import { StatusShape } from "../../parts/Status";
import { Time } from "../../parts/Time";
import { toast } from "../../parts/Toast";
import { opsReviews as words } from "../../texts/opsMap";
import css from "./Ops.module.css";

const kindOf = (review: StaffReview) => words.kinds[review.suspicion] ?? review.suspicion;

/** Accounts whose payments wait for a person. */
export function Reviews() {
  const query = useReviews();
  return (
    <Page title={words.title} intro={words.intro}>
      <Loaded query={query} skeleton={<Skeleton lines={3} height={72} />}>
        {({ pages }) => {
          const all = pages.flatMap((page) => page.reviews);
          return (
            <Card flush>
              {all.length === 0 ? (
                <Empty {...words.empty} />
              ) : (
                <ul className={css.rows}>
                  {all.map((review) => (
                    <li key={`${review.account} ${review.suspicion}`}>
                      <Row review={review} />
                    </li>
                  ))}
                </ul>
              )}
              {query.hasNextPage && (
                <Button busy={query.isFetchingNextPage} onPress={() => void query.fetchNextPage()}>
                  {words.more}
                </Button>
              )}
            </Card>
          );
        }}
      </Loaded>
    </Page>
  );
}

function Row({ review }: { review: StaffReview }) {
  const [deciding, setDeciding] = useState(false);
  const { account, reason, since, held } = review;
  return (
    <div className={css.line}>
      <StatusShape tone="warn" size={18} />
      <div className={css.text}>
        <span className={css.title}>{kindOf(review)}</span>
        <span>{reason}</span>
        <span className={css.details}>
          <Link to="/ops/accounts" search={{ q: account }}>
            {account}
          </Link>
          <span>
            {words.since} <Time at={since} />
          </span>
          <span>{held.length === 0 ? words.none : words.held(held.length)}</span>
        </span>
      </div>
      <div className={css.buttons}>
        <Button size="small" label={words.decideOn(kindOf(review), account)} onPress={() => setDeciding(true)}>
          {words.decide}
        </Button>
      </div>
      {deciding && <Decide review={review} onClose={() => setDeciding(false)} />}
    </div>
  );
}

/** Both ways with what each of them does. */
function Decide({ review, onClose }: { review: StaffReview; onClose: () => void }) {
  const [reason, setReason] = useState("");
  const [release, setRelease] = useState(true);
  const decide = useDecide(review, () => {
    toast(release ? words.released : words.refused);
    onClose();
  });
  const press = (wanted: boolean) => {
    setRelease(wanted);
    decide.press({ release: wanted, reason });
  };
  return (
    <Dialog
      title={words.decideOn(kindOf(review), review.account)}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{words.keep}</Button>
          <Button kind="danger" busy={decide.busy && !release} onPress={() => press(false)}>
            {words.refuse}
          </Button>
          <Button kind="primary" busy={decide.busy && release} onPress={() => press(true)}>
            {words.release}
          </Button>
        </>
      }
    >
      <div className="stack">
        <p>{review.reason}</p>
        <p>{words.releaseText}</p>
        <p>{words.refuseText}</p>
        <Field label={words.reason} hint={words.reasonHint} value={reason} onType={setReason} error={errorOf(decide.problem, "reason")} />
        {decide.problem && errorOf(decide.problem, "reason") === null && <ProblemCard problem={decide.problem} onAgain={decide.again} />}
      </div>
    </Dialog>
  );
}
