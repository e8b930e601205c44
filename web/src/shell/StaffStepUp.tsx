import { staffSession } from "../api/staff";
import { useStaffSecurity, useStaffStepUp } from "../api/staffSecurity";
import { ProofDialog } from "../parts/ProofDialog";

/** An operator who is signed in already proves once more that it is them; what asked for it goes on by itself. */
export function StaffStepUp() {
  const { data } = useStaffSecurity();
  const act = useStaffStepUp(() => staffSession.answer(true));
  return <ProofDialog ways={data?.totp ? ["password", "code"] : ["password"]} act={act} onClose={() => staffSession.answer(false)} />;
}
