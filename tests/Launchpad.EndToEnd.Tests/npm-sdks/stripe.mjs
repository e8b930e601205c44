// The ordinary work of a merchant with Stripe's official package, against the endpoint in STRIPE_PORT.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.env.LAUNCHPAD_NODE_MODULES, "x.js"));
const Stripe = require("stripe");
const port = Number(process.env.STRIPE_PORT);
const connect = (key) => new Stripe(key, { host: "127.0.0.1", port, protocol: "http", telemetry: false });
const stripe = connect(process.env.STRIPE_KEY);

// What the product wrote.
const bought = await stripe.subscriptions.retrieve(process.env.STRIPE_SUBSCRIPTION, { expand: ["customer", "latest_invoice.payments"] });
assert.equal(bought.status, "active");
assert.equal(bought.metadata.deployment, "dep_npm");
assert.equal(bought.customer.object, "customer");
assert.equal(bought.latest_invoice.payments.data[0].status, "paid");
assert.ok(bought.items.data[0].current_period_end > Date.now() / 1000);

// Customers.
const customer = await stripe.customers.create({ email: "npm@example.com", name: "N P M", metadata: { a: "1", "b c": "x&y=z" } });
assert.match(customer.id, /^cus_/);
assert.deepEqual(customer.metadata, { a: "1", "b c": "x&y=z" });
const renamed = await stripe.customers.update(customer.id, { name: "Renamed", metadata: { a: "" } });
assert.deepEqual([renamed.name, renamed.metadata], ["Renamed", { "b c": "x&y=z" }]);
const seen = [];
for await (const one of stripe.customers.list({ limit: 1 })) seen.push(one.id);
assert.ok(seen.length >= 2 && seen.includes(customer.id));
await assert.rejects(stripe.customers.retrieve("cus_missing"), (error) =>
  error instanceof Stripe.errors.StripeInvalidRequestError && error.statusCode === 404 && error.code === "resource_missing");
await assert.rejects(connect("sk_test_wrong").customers.list(), (error) =>
  error instanceof Stripe.errors.StripeAuthenticationError && error.statusCode === 401);
await assert.rejects(stripe.customers.create({ nonsense: 1 }), (error) => error.code === "parameter_unknown" && error.param === "nonsense");

// One key, one effect.
const key = { idempotencyKey: `npm-${Date.now()}-${Math.random()}` };
const once = await stripe.customers.create({ name: "once" }, key);
assert.equal((await stripe.customers.create({ name: "once" }, key)).id, once.id);
await assert.rejects(stripe.customers.create({ name: "twice" }, key), (error) => error instanceof Stripe.errors.StripeIdempotencyError);

// A listener, told by a webhook endpoint of its own.
const heard = [];
const listener = createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    heard.push({ body: Buffer.concat(parts), signature: request.headers["stripe-signature"] });
    response.writeHead(200).end();
  });
});
await new Promise((ready) => listener.listen(0, "127.0.0.1", ready));
const endpoint = await stripe.webhookEndpoints.create({
  url: `http://127.0.0.1:${listener.address().port}/hook`,
  enabled_events: ["checkout.session.completed", "customer.subscription.deleted"],
});
assert.match(endpoint.secret, /^whsec_/);
assert.equal((await stripe.webhookEndpoints.retrieve(endpoint.id)).secret, undefined);
const next = async (type) => {
  for (let i = 0; i < 500; i++) {
    const found = heard.find((one) => JSON.parse(one.body).type === type);
    if (found) return found;
    await new Promise((later) => setTimeout(later, 20));
  }
  throw new Error(`no ${type} came`);
};

// A price, a page, a payment.
const price = await stripe.prices.create({
  currency: "usd", unit_amount: 500, recurring: { interval: "month" }, lookup_key: key.idempotencyKey, product_data: { name: "From npm" },
});
assert.equal((await stripe.prices.list({ lookup_keys: [key.idempotencyKey], expand: ["data.product"] })).data[0].product.name, "From npm");
const session = await stripe.checkout.sessions.create({
  mode: "subscription",
  customer: customer.id,
  line_items: [{ price: price.id, quantity: 3 }],
  success_url: "https://shop.example/?id={CHECKOUT_SESSION_ID}",
  cancel_url: "https://shop.example/cart",
  subscription_data: { metadata: { order: "42" } },
});
assert.deepEqual([session.status, session.amount_total, session.currency], ["open", 1500, "usd"]);
const paid = await fetch(session.url, {
  method: "POST",
  redirect: "manual",
  body: new URLSearchParams({ cardNumber: "4242424242424242", cardExpiry: "12/34", cardCvc: "123", billingName: "N P M" }),
});
assert.equal(paid.headers.get("location"), `https://shop.example/?id=${session.id}`);
const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ["line_items", "subscription", "invoice"] });
assert.deepEqual([done.status, done.payment_status, done.invoice.status], ["complete", "paid", "paid"]);
assert.equal(done.line_items.data[0].quantity, 3);
assert.equal(done.subscription.metadata.order, "42");

// What came is signed, as it came.
const told = await next("checkout.session.completed");
const event = stripe.webhooks.constructEvent(told.body, told.signature, endpoint.secret);
assert.equal(event.data.object.id, session.id);
const { StripeSignatureVerificationError } = Stripe.errors;
assert.throws(() => stripe.webhooks.constructEvent(told.body, told.signature, "whsec_other"), StripeSignatureVerificationError);
assert.throws(() => stripe.webhooks.constructEvent(JSON.stringify(JSON.parse(told.body)), told.signature, endpoint.secret));
assert.equal((await stripe.events.retrieve(event.id)).type, "checkout.session.completed");
assert.ok((await stripe.events.list({ type: "checkout.session.completed" })).data.some((one) => one.id === event.id));

// The subscription, to its end.
const subscription = done.subscription.id;
assert.ok((await stripe.subscriptions.list({ customer: customer.id })).data.some((one) => one.id === subscription));
assert.equal((await stripe.invoices.list({ subscription })).data[0].amount_paid, 1500);
assert.equal((await stripe.subscriptions.update(subscription, { cancel_at_period_end: true })).cancel_at_period_end, true);
assert.equal((await stripe.subscriptions.cancel(subscription)).status, "canceled");
await assert.rejects(stripe.subscriptions.cancel(subscription), (error) => error.code === "resource_missing");
assert.equal((await stripe.subscriptions.list({ customer: customer.id })).data.length, 0);
assert.equal((await stripe.subscriptions.list({ customer: customer.id, status: "all" })).data.length, 1);
const ended = await next("customer.subscription.deleted");
assert.equal(stripe.webhooks.constructEvent(ended.body, ended.signature, endpoint.secret).data.object.status, "canceled");
assert.equal((await stripe.webhookEndpoints.del(endpoint.id)).deleted, true);

listener.close();
console.log("ok");
