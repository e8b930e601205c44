// The ordinary work with blobs of Azure's official package: blocks, ranges, metadata, conditions, signed addresses.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Readable } from "node:stream";

const require = createRequire(join(process.env.LAUNCHPAD_NODE_MODULES, "x.js"));
const { BlobServiceClient, BlobSASPermissions, AnonymousCredential, BlockBlobClient } = require("@azure/storage-blob");
const service = BlobServiceClient.fromConnectionString(process.env.STORAGE_CONNECTION);
const container = service.getContainerClient(`npm-${Date.now()}`);
await container.create();

const small = container.getBlockBlobClient("folder name/ä+%25.txt");
const { etag } = await small.upload("hello", 5, { metadata: { owner: "npm" }, blobHTTPHeaders: { blobContentType: "text/plain" } });
const properties = await small.getProperties();
assert.deepEqual([properties.contentLength, properties.metadata, properties.contentType], [5, { owner: "npm" }, "text/plain"]);
await assert.rejects(small.upload("again", 5, { conditions: { ifNoneMatch: "*" } }), (error) => error.statusCode === 409);
await small.upload("", 0, { conditions: { ifMatch: etag } });
assert.equal((await small.downloadToBuffer()).length, 0);

// Streams in blocks through the door in front of the store, in both directions.
const content = randomBytes(20 * 1024 * 1024);
const large = container.getBlockBlobClient("large");
await large.uploadStream(Readable.from([content]), 4 * 1024 * 1024, 4);
const hash = createHash("sha256");
for await (const piece of (await large.download()).readableStreamBody) hash.update(piece);
assert.equal(hash.digest("hex"), createHash("sha256").update(content).digest("hex"));
assert.deepEqual(await large.downloadToBuffer(1000, 500), content.subarray(1000, 1500));

// A signed address works without a key, and only for what it was signed for.
const expiresOn = new Date(Date.now() + 3_600_000);
const readOnly = new BlockBlobClient(await large.generateSasUrl({ permissions: BlobSASPermissions.parse("r"), expiresOn }), new AnonymousCredential());
assert.equal((await readOnly.downloadToBuffer(0, 10)).length, 10);
await assert.rejects(readOnly.upload("x", 1), (error) => error.statusCode === 403);

const names = [];
for await (const blob of container.listBlobsFlat({ prefix: "folder" })) names.push(blob.name);
assert.deepEqual(names, ["folder name/ä+%25.txt"]);

// What the product wrote.
if (process.env.STORAGE_BLOB) {
  const [owner, ...path] = process.env.STORAGE_BLOB.split("/");
  assert.ok((await service.getContainerClient(owner).getBlobClient(path.join("/")).getProperties()).contentLength > 0);
}

await small.delete();
assert.equal(await small.exists(), false);
await container.delete();
console.log("ok");
