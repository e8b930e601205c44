import { useResend } from "../api/security";
import { wordsOf } from "../texts/problems";
import { address as words } from "../texts/security";
import { Button } from "./Button";
import { toast } from "./Toast";

/** Has the link mailed again by which an address is confirmed. */
export function Resend({ kind = "secondary" }: { kind?: "secondary" | "quiet" }) {
  const { press, busy, problem } = useResend(() => toast(words.resent));
  return (
    <>
      <Button size="small" kind={kind} busy={busy} onPress={() => press()}>
        {words.resend}
      </Button>
      {problem && <span role="alert">{wordsOf(problem).text}</span>}
    </>
  );
}
