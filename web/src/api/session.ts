import { Store } from "./store";

/** Why the page asks for the password: the session has ended, or it is too old for what was pressed. */
export type Asking = "lapsed" | "again" | null;

let waiting: ((regained: boolean) => void)[] = [];
let wasSignedIn = false;

export const asking = new Store<Asking>(null);

/** Whoever has to sign in does so in a dialog over the page; calls that were refused wait here and go on afterwards. */
export const session = {
  /** From now on a refusal means that the session has lapsed, and there may be work on the page. */
  begun() {
    wasSignedIn = true;
  },

  ended() {
    wasSignedIn = false;
  },

  regained(why: "lapsed" | "again"): Promise<boolean> {
    if (!wasSignedIn) return Promise.resolve(false);
    asking.set(why);
    return new Promise((resolve) => waiting.push(resolve));
  },

  answer(regained: boolean) {
    const callers = waiting;
    waiting = [];
    asking.set(null);
    for (const resolve of callers) resolve(regained);
  },
};
