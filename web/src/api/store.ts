import { useSyncExternalStore } from "react";

/** A value outside of React that components can follow. */
export class Store<T> {
  #value: T;
  readonly #followers = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get = () => this.#value;

  set = (value: T) => {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const follower of this.#followers) follower();
  };

  follow = (follower: () => void) => {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  };
}

export const useStore = <T,>(store: Store<T>): T => useSyncExternalStore(store.follow, store.get);
