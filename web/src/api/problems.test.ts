import { expect, it } from "vitest";
import { wordsOf } from "../texts/problems";
import { Problem } from "./problems";

const answer = (body: unknown, status: number, headers: Record<string, string> = {}) =>
  Problem.from(new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers }));

it("reads what the API says", async () => {
  const problem = await answer(
    { type: "urn:launchpad:problem:invalid", title: "Not valid", detail: "'name' is too long.", field: "name", requestId: "req_1" }, 400);
  expect(problem).toMatchObject({ kind: "invalid", status: 400, field: "name", requestId: "req_1", retryAt: null });
});

it("finds the field in the words where it is not named", async () => {
  expect((await answer({ type: "urn:launchpad:problem:invalid", detail: "'config.agents' is unknown." }, 400)).field).toBe("config.agents");
});

it("makes something of what is no problem document", async () => {
  expect((await answer("<html>", 502)).kind).toBe("internal");
  expect((await answer("", 404)).kind).toBe("not-found");
  expect(wordsOf(await answer({ type: "urn:launchpad:problem:brand-new", detail: "Words." }, 418)).text).toBe("Words.");
});

it("knows when another try makes sense", async () => {
  const before = Date.now();
  const problem = await answer({ type: "urn:launchpad:problem:too-many-attempts" }, 429, { "Retry-After": "30" });
  expect(problem.retryAt).toBeGreaterThanOrEqual(before + 30_000);
});
