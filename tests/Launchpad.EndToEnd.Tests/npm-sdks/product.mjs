// Reads with the official packages what the product itself wrote: its rows, its secrets, its machine, its subscription.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.env.LAUNCHPAD_NODE_MODULES, "x.js"));
const { TableClient, odata } = require("@azure/data-tables");
const { SecretClient } = require("@azure/keyvault-secrets");
const { ComputeManagementClient } = require("@azure/arm-compute");
const { ManagedIdentityCredential } = require("@azure/identity");
const Stripe = require("stripe");
const { DEPLOYMENT: deployment, STORAGE_CONNECTION: connection } = process.env;
const table = (name) => TableClient.fromConnectionString(connection, name, { allowInsecureConnection: true });
const all = async (rows) => { const list = []; for await (const row of rows) list.push(row); return list; };

const [row] = await all(table("deployments").listEntities({ queryOptions: { filter: odata`RowKey eq ${deployment}` } }));
assert.deepEqual([row.status, row.activeVersion, row.lastKnownGood, row.operation], ["running", 1, 1, ""]);
const [version] = await all(table("configversions").listEntities({ queryOptions: { filter: odata`PartitionKey eq ${deployment}` } }));
assert.equal(version.status, "Active");
assert.match(JSON.parse(version.state).image, /@sha256:[0-9a-f]{64}$/);

const identity = new ManagedIdentityCredential();
const vault = new SecretClient(process.env.KEY_VAULT_URL, identity, { disableChallengeResourceVerification: true });
const token = await vault.getSecret(`${deployment.replace("_", "-").toLowerCase()}-gateway-token`);
assert.equal(token.value, process.env.GATEWAY_TOKEN);

const compute = new ComputeManagementClient(identity, process.env.SUBSCRIPTION_ID, { endpoint: process.env.ARM_ENDPOINT, credentials: { scopes: [process.env.ARM_SCOPE] } });
const machines = await all(compute.virtualMachines.list(process.env.RESOURCE_GROUP));
assert.ok(machines.some((machine) => machine.tags.launchpad === row.vm && machine.provisioningState === "Succeeded"));

const key = (await vault.getSecret("stripe-api-key")).value;
const stripe = new Stripe(key, { host: "127.0.0.1", port: Number(process.env.STRIPE_PORT), protocol: "http" });
const subscription = await stripe.subscriptions.retrieve(row.subscription);
assert.deepEqual([subscription.status, subscription.metadata.deployment], ["active", deployment]);
console.log("ok");
