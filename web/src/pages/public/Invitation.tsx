import { Navigate } from "@tanstack/react-router";

const at = "launchpad.invitation";

/** The word of an invitation, from its link until somebody is signed in: it stands in no address, which would be sent to a server. */
export const invitation = {
  keep: (token: string) => sessionStorage.setItem(at, token),
  kept: () => sessionStorage.getItem(at),
  forget: () => sessionStorage.removeItem(at),
};

/** Where the link of an invitation leads. */
export function Invitation() {
  const token = location.hash.slice(1);
  if (token !== "") invitation.keep(token);
  return <Navigate to="/join" replace />;
}
