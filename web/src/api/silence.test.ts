import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Silence } from "./silence";

const patience = 1000;
let address = "";

/** Says something five times in the patience, for longer than that, and then nothing more; or nothing at all. */
const server = createServer((request, response) => {
  if (request.url === "/silent") return;
  response.writeHead(200, { "Content-Type": "text/plain", "X-Kept": "yes" });
  let said = 0;
  const timer = setInterval(() => {
    response.write("word ");
    if (++said < 8) return;
    clearInterval(timer);
    if (request.url === "/whole") response.end();
  }, patience / 5);
});

beforeAll(async () => {
  await new Promise<void>((listens) => server.listen(0, "127.0.0.1", listens));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function ask(path: string) {
  const silence = new Silence(patience);
  return silence.watch(await fetch(address + path, { signal: silence.signal }));
}

test("a long answer that goes on coming comes whole", async () => {
  const answer = await ask("/whole");
  expect([answer.status, answer.headers.get("X-Kept")]).toEqual([200, "yes"]);
  expect((await answer.text()).split(" ").length).toBe(9);
});

test("an answer that stops in the middle is given up", async () => {
  const answer = await ask("/stops");
  await expect(answer.text()).rejects.toThrow("Nothing came for too long.");
});

test("what is not answered is given up", async () => {
  await expect(ask("/silent")).rejects.toThrow("Nothing came for too long.");
});

test("an answer without a body and a document are left as they came", () => {
  const silence = new Silence(patience);
  // A browser shows an empty body where there is none; here no such answer can be made.
  const none = { status: 204, body: new ReadableStream(), headers: new Headers() } as unknown as Response;
  expect(silence.watch(none)).toBe(none);
  for (const type of ["application/json", "application/problem+json; charset=utf-8"]) {
    const document = new Response("{}", { headers: { "Content-Type": type } });
    expect(silence.watch(document)).toBe(document);
  }
  const rows = new Response("{}", { headers: { "Content-Type": "application/x-ndjson" } });
  expect(silence.watch(rows)).not.toBe(rows);
  silence.end();
});
