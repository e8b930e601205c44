/** The account that this tab works in, where that is not the person's own. Another one is another page: it is loaded anew. */
const at = "launchpad.account";

/** Letters about the bots of others lead into their account: the link says into which, once. */
function follow(): void {
  const url = new URL(location.href);
  const account = url.searchParams.get("account");
  if (account === null) return;
  url.searchParams.delete("account");
  history.replaceState(history.state, "", url);
  if (/^acc_[0-9A-Za-z]+$/.test(account)) sessionStorage.setItem(at, account);
}

if (globalThis.sessionStorage !== undefined && globalThis.location !== undefined) follow();

export const workplace: string | null = globalThis.sessionStorage?.getItem(at) ?? null;

/** Of each call, so that it is about that account. */
export const inWorkplace: Readonly<Record<string, string>> = workplace === null ? {} : { "Launchpad-Account": workplace };

export function workIn(account: string | null) {
  if (account === null) sessionStorage.removeItem(at);
  else sessionStorage.setItem(at, account);
  location.assign("/bots");
}
