import { useEffect, useState } from "react";

/** The token of a link in a mail. It stands behind the #, which no server is sent, and goes out of the address at once. */
export function useLinkToken(): string {
  const [token] = useState(() => new URLSearchParams(location.hash.slice(1)).get("token") ?? "");
  useEffect(() => history.replaceState(history.state, "", location.pathname), []);
  return token;
}
