import { Store } from "./store";

/** Why the page asks for the password: the session has ended, or it is too old for what was pressed. */
export type Asking = "lapsed" | "again" | null;

/** Whoever has to sign in does so in a dialog over the page; calls that were refused wait here and go on afterwards. */
export class Session {
  readonly asking = new Store<Asking>(null);
  #waiting: ((regained: boolean) => void)[] = [];
  #wasSignedIn = false;

  /** From now on a refusal means that the session has lapsed, and there may be work on the page. */
  begun() {
    this.#wasSignedIn = true;
  }

  ended() {
    this.#wasSignedIn = false;
  }

  regained(why: "lapsed" | "again"): Promise<boolean> {
    if (!this.#wasSignedIn) return Promise.resolve(false);
    this.asking.set(why);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  answer(regained: boolean) {
    const callers = this.#waiting;
    this.#waiting = [];
    this.asking.set(null);
    for (const resolve of callers) resolve(regained);
  }
}

/** The customer's. */
export const session = new Session();
export const asking = session.asking;
