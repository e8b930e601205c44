import { useOperation } from "../../api/operations";
import { FailureCard } from "./FailureCard";

/** Why a bot does not run: what its newest operation says. */
export function LastFailure({ id }: { id: string }) {
  const { data } = useOperation(id);
  return data?.failure ? <FailureCard operation={data} /> : null;
}
