import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";
import { keys } from "../api/keys";
import { about } from "./topics";

test("an operation that has ended is read again with its bot", async () => {
  const queries = new QueryClient();
  queries.setQueryData(keys.operation("op_1"), "running");
  queries.setQueryData(keys.members, "others");
  for (const queryKey of about({ topic: "deployment", id: "dep_1", deployment: "dep_1" })) await queries.invalidateQueries({ queryKey });
  expect(queries.getQueryState(keys.operation("op_1"))?.isInvalidated).toBe(true);
  expect(queries.getQueryState(keys.members)?.isInvalidated).toBe(false);
});
