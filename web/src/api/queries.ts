import { QueryClient } from "@tanstack/react-query";
import { Problem } from "./problems";

/** What was refused is refused again; only what did not get an answer is worth another try. */
const isWorthIt = (fault: Error) => ["unreachable", "unavailable", "internal"].includes(Problem.of(fault).kind);

export const makeQueries = () =>
  new QueryClient({
    defaultOptions: {
      queries: { staleTime: 5000, retry: (failures, fault) => failures < 2 && isWorthIt(fault), retryDelay: (attempt) => 500 * 2 ** attempt },
    },
  });
