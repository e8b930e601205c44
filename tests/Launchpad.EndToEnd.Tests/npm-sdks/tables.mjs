// The ordinary work with tables of Azure's official package: keys, ETags, queries, paging, batches, errors.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.env.LAUNCHPAD_NODE_MODULES, "x.js"));
const { TableClient, TableServiceClient, TableTransaction, odata } = require("@azure/data-tables");
const connection = process.env.STORAGE_CONNECTION;
const options = { allowInsecureConnection: true };
const name = `npm${Date.now()}`;
const table = TableClient.fromConnectionString(connection, name, options);

await table.createTable();
const entity = { rowKey: "r'1", text: "line\n漢 \u0001", big: { type: "Int64", value: "9007199254740993" }, when: new Date(0), yes: true, half: 0.5 };
const { etag } = await table.createEntity({ partitionKey: "a b", ...entity });
await assert.rejects(table.createEntity({ partitionKey: "a b", ...entity }), (error) => error.statusCode === 409 && error.details?.odataError?.code === "EntityAlreadyExists");
const read = await table.getEntity("a b", "r'1");
assert.deepEqual([read.text, read.big, read.when.getTime(), read.yes, read.half], [entity.text, 9007199254740993n, 0, true, 0.5]);

await table.updateEntity({ partitionKey: "a b", rowKey: "r'1", text: "new" }, "Merge", { etag });
await assert.rejects(table.updateEntity({ partitionKey: "a b", rowKey: "r'1", text: "late" }, "Replace", { etag }), (error) => error.statusCode === 412);
assert.equal((await table.getEntity("a b", "r'1")).yes, true);

const batch = new TableTransaction();
for (let n = 0; n < 100; n++) batch.createEntity({ partitionKey: "many", rowKey: `${n}`.padStart(3, "0"), n });
assert.equal((await table.submitTransaction(batch.actions)).status, 202);
const some = [];
for await (const page of table.listEntities({ queryOptions: { filter: odata`PartitionKey eq ${"many"} and n ge ${20}`, select: ["rowKey"] } }).byPage({ maxPageSize: 30 })) {
  assert.ok(page.length <= 30);
  some.push(...page);
}
assert.equal(some.length, 80);

// What the product wrote.
if (process.env.STORAGE_TABLE) {
  const product = TableClient.fromConnectionString(connection, process.env.STORAGE_TABLE, options);
  assert.ok((await product.listEntities().byPage({ maxPageSize: 1 }).next()).value.length === 1);
}

await assert.rejects(TableClient.fromConnectionString(connection.replace("AccountKey=E", "AccountKey=F"), name, options).getEntity("a b", "r'1"), (error) => error.statusCode === 403);
await table.deleteEntity("a b", "r'1");
await assert.rejects(table.getEntity("a b", "r'1"), (error) => error.statusCode === 404);
const names = [];
for await (const one of TableServiceClient.fromConnectionString(connection, options).listTables()) names.push(one.name);
assert.ok(names.includes(name));
await table.deleteTable();
console.log("ok");
