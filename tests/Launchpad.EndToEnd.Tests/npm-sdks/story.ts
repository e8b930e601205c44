// A customer's story with a client that was generated from docs/openapi.json: from the sign-up to the deletion.
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { createClient, createConfig } from "./client/client/index.js";
import * as api from "./client/index.js";

const client = createClient(createConfig({ baseUrl: `${process.env["CONTROL_PLANE"]}api` }));
const patience = 120_000;

/** Asks until the answer is enough. */
async function until<T>(ask: () => Promise<T>, enough: (answer: T) => boolean): Promise<T> {
  const since = Date.now();
  for (;;) {
    const answer = await ask();
    if (enough(answer)) return answer;
    assert.ok(Date.now() - since < patience, `still ${JSON.stringify(answer)}`);
    await pause(300);
  }
}

async function ended(id: string): Promise<api.OperationView> {
  return await until(
    async () => (await api.getOperation({ client, throwOnError: true, path: { id } })).data,
    ({ status }) => status === "succeeded" || status === "failed",
  );
}

const email = `${crypto.randomUUID()}@example.com`;
const signedIn = (await api.signup({ client, throwOnError: true, body: { email, password: "seven green kettles" } })).data;
client.setConfig({ auth: () => signedIn.token ?? undefined });
assert.equal((await api.me({ client, throwOnError: true })).data.email, email);

const [plan] = (await api.plans({ client, throwOnError: true })).data.plans;
assert.ok(plan);
const ordered = (await api.createDeployment({ client, throwOnError: true, body: { name: "Ada", plan: plan.id } })).data;
const page = (await api.checkout({ client, throwOnError: true, body: { deployment: ordered.id } })).data;
const card = { cardNumber: "4242 4242 4242 4242", cardExpiry: "12 / 34", cardCvc: "123", billingName: "Ada Lovelace", email };
assert.equal((await fetch(page.url, { method: "POST", body: new URLSearchParams(card), redirect: "manual" })).status, 303);
const bot = async () => (await api.getDeployment({ client, throwOnError: true, path: { id: ordered.id } })).data;
const running = await until(bot, ({ status }) => status === "running" || status === "failed");
assert.equal(running.status, "running");
assert.equal(running.billing.state, "active");

const asked = (await api.testDeployment({ client, throwOnError: true, path: { id: ordered.id }, body: { text: "Hello" } })).data;
const answer = await ended(asked.operation);
assert.equal(answer.status, "succeeded");
assert.ok(answer.result);
const { rows } = (await api.getRecord({ client, throwOnError: true, path: { id: ordered.id } })).data;
assert.ok(rows.length > 0);

// What is refused is told as the document says.
const nobodys = await api.getDeployment({ client, path: { id: "dep_01ARZ3NDEKTSV4RRFFQ69G5FAV" } });
assert.equal(nobodys.error?.status, 404);

const deletion = (await api.deleteDeployment({ client, throwOnError: true, path: { id: ordered.id }, query: { window: "none" } })).data;
assert.ok(deletion);
assert.equal((await ended(deletion.operation)).status, "succeeded");
assert.equal((await bot()).status, "terminated");
await api.logout({ client, throwOnError: true });
assert.equal((await api.me({ client })).response?.status, 401);
console.log("ok");
