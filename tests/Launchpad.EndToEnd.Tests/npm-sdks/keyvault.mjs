// The ordinary work with secrets of Azure's official packages: managed identity, versions, soft delete, paging, errors.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.env.LAUNCHPAD_NODE_MODULES, "x.js"));
const { SecretClient } = require("@azure/keyvault-secrets");
const { ManagedIdentityCredential } = require("@azure/identity");
const client = new SecretClient(process.env.KEY_VAULT_URL, new ManagedIdentityCredential(), { disableChallengeResourceVerification: true });
const name = `npm-${Date.now()}`;

// What the product wrote.
if (process.env.KEY_VAULT_SECRET) {
  assert.equal((await client.getSecret(process.env.KEY_VAULT_SECRET)).value, process.env.KEY_VAULT_VALUE);
}

const value = "line\nline\u0000 $(id) '\" 漢";
const first = await client.setSecret(name, "one", { tags: { owner: "npm" }, contentType: "text/plain" });
const second = await client.setSecret(name, value);
assert.equal((await client.getSecret(name)).value, value);
const old = await client.getSecret(name, { version: first.properties.version });
assert.deepEqual([old.value, old.properties.tags, old.properties.contentType], ["one", { owner: "npm" }, "text/plain"]);
const versions = [];
for await (const version of client.listPropertiesOfSecretVersions(name)) versions.push(version.version);
assert.deepEqual(versions.sort(), [first.properties.version, second.properties.version].sort());

await client.updateSecretProperties(name, second.properties.version, { enabled: false });
await assert.rejects(client.getSecret(name), (error) => error.statusCode === 403 && error.code === "Forbidden");
await client.updateSecretProperties(name, second.properties.version, { enabled: true, expiresOn: new Date("2030-01-01T00:00:00Z") });
assert.equal((await client.getSecret(name)).properties.expiresOn.getUTCFullYear(), 2030);
await assert.rejects(client.getSecret("absent"), (error) => error.statusCode === 404 && error.code === "SecretNotFound");
await assert.rejects(client.setSecret("under_score", "x"), (error) => error.statusCode === 400);

for (let n = 0; n < 30; n++) await client.setSecret(`${name}-${n}`, `${n}`);
const pages = [];
for await (const page of client.listPropertiesOfSecrets().byPage({ maxPageSize: 10 })) pages.push(page.map((secret) => secret.name));
assert.ok(pages.length >= 4 && pages.every((page) => page.length <= 10));
assert.equal(new Set(pages.flat().filter((secret) => secret.startsWith(`${name}-`))).size, 30);

const backup = await client.backupSecret(name);
const deletion = await client.beginDeleteSecret(name);
const deleted = await deletion.pollUntilDone();
assert.equal(deleted.properties.recoveryId, `${process.env.KEY_VAULT_URL}/deletedsecrets/${name}`);
await assert.rejects(client.setSecret(name, "x"), (error) => error.statusCode === 409 && error.code === "Conflict");
await (await client.beginRecoverDeletedSecret(name)).pollUntilDone();
assert.equal((await client.getSecret(name)).value, value);
await (await client.beginDeleteSecret(name)).pollUntilDone();
await client.purgeDeletedSecret(name);
await assert.rejects(client.getDeletedSecret(name), (error) => error.statusCode === 404);
await client.restoreSecretBackup(backup);
assert.equal((await client.getSecret(name)).value, value);
console.log("ok");
