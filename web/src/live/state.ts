import { Store } from "../api/store";

export type Mode = "connecting" | "live" | "polling" | "offline";

export interface LiveState {
  mode: Mode;
  /** When something was last heard. */
  at: number;
}

export const liveState = new Store<LiveState>({ mode: "connecting", at: Date.now() });
