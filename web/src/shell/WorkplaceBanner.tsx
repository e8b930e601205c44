import { useEffect } from "react";
import { useWorkplaces } from "../api/people";
import { workIn, workplace } from "../api/workplace";
import { Button } from "../parts/Button";
import { StatusShape } from "../parts/Status";
import { workplaces as words } from "../texts/people";
import css from "./ConfirmReminder.module.css";

/** Says whose account it is, where that is not one's own. Who was shut out is led back. */
export function WorkplaceBanner() {
  const { data } = useWorkplaces();
  const here = data?.find(({ id }) => id === workplace);
  useEffect(() => {
    if (data && here === undefined) workIn(null);
  }, [data, here]);
  return here === undefined ? null : (
    <aside className={css.reminder}>
      <StatusShape tone="busy" />
      <p>{words.banner(here.email, here.role)}</p>
      <Button size="small" kind="quiet" onPress={() => workIn(null)}>
        {words.back}
      </Button>
    </aside>
  );
}
