using System.Text.Json.Nodes;

namespace Launchpad.Local.ResourceManager;

/// <summary>A virtual machine and what was made with it, as Compute and Network show them. All of it goes when the machine goes.</summary>
public sealed class VmAnswers(VirtualMachine machine, string address)
{
    private const string MachineType = "Microsoft.Compute/virtualMachines";

    public string Id => Arm.Id(MachineType, machine.Name);

    // Azure puts something of its own behind the names that were asked for; so nobody gets to guess them.
    public string NicName => $"{(string)NicConfiguration["name"]!}-{machine.VmId[..8]}";

    public string NicId => Arm.Id("Microsoft.Network/networkInterfaces", NicName);

    public string? PublicIpName => (string?)PublicIpConfiguration?["name"] is { } name ? $"{name}-{machine.VmId[..8]}" : null;

    public string DiskName =>
        (string?)JsonNode.Parse(machine.Properties.GetRawText())!["storageProfile"]?["osDisk"]?["name"]
        ?? $"{machine.Name}_OsDisk_1_{machine.VmId.Replace("-", "", StringComparison.Ordinal)}";

    public string DiskId => Arm.Id("Microsoft.Compute/disks", DiskName);

    private JsonObject NicConfiguration =>
        (JsonObject)JsonNode.Parse(machine.Properties.GetRawText())!["networkProfile"]!["networkInterfaceConfigurations"]![0]!;

    private JsonObject IpConfiguration => (JsonObject)NicConfiguration["properties"]!["ipConfigurations"]![0]!;

    private JsonObject? PublicIpConfiguration => IpConfiguration["properties"]!["publicIPAddressConfiguration"] as JsonObject;

    public JsonObject VirtualMachine(JsonObject? instanceView)
    {
        var properties = (JsonObject)JsonNode.Parse(machine.Properties.GetRawText())!;
        properties["vmId"] = machine.VmId;
        properties["provisioningState"] = machine.Provisioning.ToString();
        properties["timeCreated"] = machine.CreatedAt;
        properties["networkProfile"] = new JsonObject
        {
            ["networkInterfaces"] = new JsonArray(new JsonObject
            {
                ["id"] = NicId,
                ["properties"] = new JsonObject { ["primary"] = true, ["deleteOption"] = "Delete" },
            }),
        };
        var disk = properties["storageProfile"]!["osDisk"] as JsonObject ?? [];
        disk["name"] = DiskName;
        disk["osType"] = "Linux";
        disk["createOption"] ??= "FromImage";
        var managed = disk["managedDisk"] as JsonObject ?? [];
        managed["id"] = DiskId;
        (disk["managedDisk"], properties["storageProfile"]!["osDisk"]) = (managed.DeepClone(), null);
        properties["storageProfile"]!["osDisk"] = disk.DeepClone();
        properties["storageProfile"]!["dataDisks"] ??= new JsonArray();
        if (instanceView is not null)
        {
            properties["instanceView"] = instanceView;
        }

        return Resource(Id, machine.Name, MachineType, properties);
    }

    public JsonObject InstanceView(bool running)
    {
        var power = (running, machine.Goal, machine.Provisioning) switch
        {
            (true, _, _) => "running",
            (_, Goal.Deallocated, _) => "deallocated",
            (_, _, Provisioning.Creating) => "starting",
            _ => "stopped",
        };
        var provisioning = machine.Provisioning.ToString().ToLowerInvariant();
        var statuses = new JsonArray(
            Status("ProvisioningState/" + provisioning, "Provisioning " + provisioning),
            Status("PowerState/" + power, "VM " + power));
        if (machine.Failure is { } failure)
        {
            statuses[0]!["code"] = $"ProvisioningState/{provisioning}/{failure.Code}";
            statuses[0]!["level"] = "Error";
            statuses[0]!["message"] = failure.Message;
        }

        return new JsonObject { ["computerName"] = machine.Name, ["osName"] = "debian", ["osVersion"] = "12", ["statuses"] = statuses };
    }

    public JsonObject NetworkInterface()
    {
        var name = (string)IpConfiguration["name"]!;
        var configuration = new JsonObject
        {
            ["primary"] = true,
            ["privateIPAllocationMethod"] = "Dynamic",
            ["subnet"] = IpConfiguration["properties"]!["subnet"]!.DeepClone(),
            ["provisioningState"] = "Succeeded",
        };
        if (PublicIpName is { } publicIp)
        {
            configuration["publicIPAddress"] = new JsonObject { ["id"] = Arm.Id("Microsoft.Network/publicIPAddresses", publicIp) };
        }

        return Resource(NicId, NicName, "Microsoft.Network/networkInterfaces", new JsonObject
        {
            ["provisioningState"] = "Succeeded",
            ["primary"] = true,
            ["virtualMachine"] = new JsonObject { ["id"] = Id },
            ["ipConfigurations"] = new JsonArray(new JsonObject
            {
                ["id"] = $"{NicId}/ipConfigurations/{name}",
                ["name"] = name,
                ["properties"] = configuration,
            }),
        });
    }

    public JsonObject PublicIp()
    {
        const string Type = "Microsoft.Network/publicIPAddresses";
        var answer = Resource(Arm.Id(Type, PublicIpName!), PublicIpName!, Type, new JsonObject
        {
            ["provisioningState"] = "Succeeded",
            ["ipAddress"] = address,
            ["publicIPAddressVersion"] = "IPv4",
            ["publicIPAllocationMethod"] = "Static",
            ["ipConfiguration"] = new JsonObject { ["id"] = $"{NicId}/ipConfigurations/{(string)IpConfiguration["name"]!}" },
        });
        answer["sku"] = PublicIpConfiguration!["sku"]?.DeepClone();
        return answer;
    }

    public JsonObject Disk() => Resource(DiskId, DiskName, "Microsoft.Compute/disks", new JsonObject
    {
        ["provisioningState"] = "Succeeded",
        ["osType"] = "Linux",
        ["diskState"] = machine.Goal is Goal.Deallocated ? "Reserved" : "Attached",
        ["creationData"] = new JsonObject { ["createOption"] = "FromImage" },
        ["timeCreated"] = machine.CreatedAt,
    }, managedBy: Id);

    private static JsonObject Status(string code, string display) =>
        new() { ["code"] = code, ["level"] = "Info", ["displayStatus"] = display };

    private JsonObject Resource(string id, string name, string type, JsonObject properties, string? managedBy = null)
    {
        var resource = new JsonObject
        {
            ["id"] = id,
            ["name"] = name,
            ["type"] = type,
            ["location"] = machine.Location,
            ["tags"] = new JsonObject(machine.Tags.Select(tag => KeyValuePair.Create(tag.Key, (JsonNode?)tag.Value))),
            ["properties"] = properties,
        };
        if (managedBy is not null)
        {
            resource["managedBy"] = managedBy;
        }

        return resource;
    }
}
