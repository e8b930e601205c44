import type { OperationKind } from "../../api/types";

/** What the address of a page says. Types alone: the routes read them, and they are in the first view. */

export interface OperationsSearch {
  /** Nothing is what is stuck or has failed. */
  status?: "attention" | "stuck" | "failed" | "running" | "all";
  kind?: OperationKind;
  q?: string;
  /** Which are selected, so that a reload hits exactly the same. */
  pick?: string[];
}
