// The ordinary work with virtual machines of Azure's official packages: managed identity, long-running operations, power, tags, errors.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.env.LAUNCHPAD_NODE_MODULES, "x.js"));
const { ComputeManagementClient } = require("@azure/arm-compute");
const { ManagedIdentityCredential } = require("@azure/identity");
const group = process.env.ARM_GROUP;
const connect = (subscription, audience = "https://management.azure.com") =>
  new ComputeManagementClient(new ManagedIdentityCredential(), subscription, {
    endpoint: process.env.ARM_URL,
    credentials: { scopes: [`${audience}/.default`] },
  });
const { virtualMachines, disks, virtualMachineSizes } = connect(process.env.ARM_SUBSCRIPTION);
const name = `npm-${Date.now() % 1e6}`;
const pollEvery = { updateIntervalInMs: 200 };

// What the product wrote.
if (process.env.ARM_VM) {
  const product = await virtualMachines.get(group, process.env.ARM_VM, { expand: "instanceView" });
  assert.equal(product.provisioningState, "Succeeded");
  assert.ok(product.instanceView.statuses.some((status) => status.code === "PowerState/running"));
  assert.equal(product.osProfile.customData, undefined);
}

const order = {
  location: "westeurope",
  tags: { owner: "npm" },
  hardwareProfile: { vmSize: "Standard_B1s" },
  storageProfile: {
    imageReference: { publisher: "launchpad", offer: "machine", sku: "debian-12", version: "latest" },
    osDisk: { createOption: "FromImage", name: `${name}-disk`, deleteOption: "Delete" },
  },
  osProfile: {
    computerName: name,
    adminUsername: "npm",
    customData: Buffer.from("#cloud-config\n{}\n").toString("base64"),
    linuxConfiguration: {
      disablePasswordAuthentication: true,
      ssh: { publicKeys: [{ path: "/home/npm/.ssh/authorized_keys", keyData: "ssh-ed25519 AAAA npm" }] },
    },
  },
  networkProfile: {
    networkApiVersion: "2020-11-01",
    networkInterfaceConfigurations: [{
      name: "nic",
      primary: true,
      ipConfigurations: [{ name: "main", subnet: { id: "/subnets/machines" }, publicIPAddressConfiguration: { name: "ip" } }],
    }],
  },
};
const created = await virtualMachines.beginCreateOrUpdateAndWait(group, name, order, pollEvery);
assert.deepEqual([created.provisioningState, created.tags, created.osProfile.customData], ["Succeeded", { owner: "npm" }, undefined]);
assert.equal((await virtualMachines.beginCreateOrUpdateAndWait(group, name, order, pollEvery)).vmId, created.vmId);
await assert.rejects(
  virtualMachines.beginCreateOrUpdateAndWait(group, name, { ...order, osProfile: { ...order.osProfile, customData: "AAAA" } }, pollEvery),
  (error) => error.statusCode === 409 && error.code === "PropertyChangeNotAllowed");

const names = [];
for await (const machine of virtualMachines.list(group)) names.push(machine.name);
assert.ok(names.includes(name));
const attached = [];
for await (const disk of disks.listByResourceGroup(group)) attached.push(disk.name);
assert.ok(attached.includes(`${name}-disk`));
const sizes = [];
for await (const size of virtualMachineSizes.list("westeurope")) sizes.push(size);
assert.equal(sizes.find((size) => size.name === "Standard_B2s").memoryInMB, 4096);

const power = async () =>
  (await virtualMachines.instanceView(group, name)).statuses.map((status) => status.code).find((code) => code.startsWith("PowerState/"));
assert.equal(await power(), "PowerState/running");
await virtualMachines.beginDeallocateAndWait(group, name, pollEvery);
assert.equal(await power(), "PowerState/deallocated");
await virtualMachines.beginStartAndWait(group, name, pollEvery);
assert.equal(await power(), "PowerState/running");
const tagged = await virtualMachines.beginUpdateAndWait(group, name, { tags: { owner: "other" } }, pollEvery);
assert.deepEqual(tagged.tags, { owner: "other" });

await virtualMachines.beginDeleteAndWait(group, name, pollEvery);
await assert.rejects(virtualMachines.get(group, name), (error) => error.statusCode === 404 && error.code === "ResourceNotFound");
await virtualMachines.beginDeleteAndWait(group, name, pollEvery);
const stranger = connect("00000000-0000-0000-0000-000000000000");
await assert.rejects(stranger.virtualMachines.get(group, name), (error) => error.code === "SubscriptionNotFound");
const mistaken = connect(process.env.ARM_SUBSCRIPTION, "https://vault.azure.net");
await assert.rejects(mistaken.virtualMachines.get(group, name), (error) => error.statusCode === 401);
console.log("ok");
