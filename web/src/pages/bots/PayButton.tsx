import { useCheckout } from "../../api/billing";
import { Button } from "../../parts/Button";
import { ProblemCard } from "../../parts/States";
import { bot as words } from "../../texts/bots";

interface Props {
  id: string;
  size?: "regular" | "small";
  why?: string | null;
}

/** To the payment provider's own page, and back to /paid. */
export function PayButton({ id, size = "regular", why = null }: Props) {
  const checkout = useCheckout();
  return (
    <>
      <Button kind="primary" size={size} busy={checkout.busy || checkout.answer !== undefined} why={why} onPress={() => checkout.press(id)}>
        {words.pay}
      </Button>
      {checkout.problem && <ProblemCard problem={checkout.problem} onAgain={checkout.again} />}
    </>
  );
}
