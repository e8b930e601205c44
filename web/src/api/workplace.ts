/** The account that this tab works in, where that is not the person's own. Another one is another page: it is loaded anew. */
const at = "launchpad.account";

export const workplace: string | null = globalThis.sessionStorage?.getItem(at) ?? null;

/** Of each call, so that it is about that account. */
export const inWorkplace: Readonly<Record<string, string>> = workplace === null ? {} : { "Launchpad-Account": workplace };

export function workIn(account: string | null) {
  if (account === null) sessionStorage.removeItem(at);
  else sessionStorage.setItem(at, account);
  location.assign("/bots");
}
