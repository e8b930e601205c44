using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Launchpad.Local.Machines;

namespace Launchpad.Local.ResourceManager;

/// <summary>The body of a PUT of a virtual machine, checked as Compute checks it.</summary>
public sealed partial record VmRequest
{
    private const int CustomDataMax = 87_380;

    public required string Location { get; init; }
    public required string Size { get; init; }
    public required ImmutableSortedDictionary<string, string> Tags { get; init; }
    public required string AdminName { get; init; }
    public required ImmutableList<string> AdminKeys { get; init; }
    public string? CustomData { get; init; }
    public required JsonElement Properties { get; init; }

    public string CustomDataHash => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(CustomData ?? "")));

    public static VmRequest Parse(string name, JsonObject body)
    {
        if (!MachineName().IsMatch(name))
        {
            throw ArmException.Invalid("Linux host name cannot exceed 64 characters and contains letters, digits and hyphens only.");
        }

        var location = (string?)body["location"]
            ?? throw new ArmException(400, "LocationRequired", "The location property is required for this definition.");
        var properties = Object(body["properties"]?.DeepClone(), "properties");
        var size = (string?)Object(properties["hardwareProfile"], "hardwareProfile")["vmSize"];
        if (size is null || VmSizes.Find(size) is null)
        {
            var available = string.Join(',', VmSizes.All.Select(one => one.Name));
            throw ArmException.Invalid($"The value {size} provided for the VM size is not valid. The valid sizes are: {available}.");
        }

        _ = Object(Object(properties["storageProfile"], "storageProfile")["imageReference"], "imageReference");
        CheckNetwork(Object(properties["networkProfile"], "networkProfile"));
        var os = Object(properties["osProfile"], "osProfile");
        var customData = Custom((string?)os["customData"]);
        var keys = Keys(os);
        os.Remove("customData");
        os.Remove("adminPassword");
        return new VmRequest
        {
            Location = location,
            Size = size,
            Tags = ParseTags(body["tags"]),
            AdminName = (string?)os["adminUsername"] ?? throw ArmException.Invalid("Required parameter 'adminUsername' is missing (null)."),
            AdminKeys = keys,
            CustomData = customData,
            Properties = JsonSerializer.SerializeToElement(properties),
        };
    }

    public static ImmutableSortedDictionary<string, string> ParseTags(JsonNode? tags) =>
        tags is JsonObject given
            ? given.ToImmutableSortedDictionary(tag => tag.Key, tag => (string?)tag.Value ?? "")
            : ImmutableSortedDictionary<string, string>.Empty;

    private static ImmutableList<string> Keys(JsonObject os)
    {
        var given = os["linuxConfiguration"]?["ssh"]?["publicKeys"] as JsonArray ?? [];
        var keys = given.Select(one => (string?)one?["keyData"] ?? "").ToImmutableList();
        return keys.Count > 0 || os["adminPassword"] is not null
            ? keys
            : throw ArmException.Invalid("Authentication using either SSH or by user name and password must be enabled in Linux profile.");
    }

    private static string? Custom(string? customData) =>
        customData is null || (customData.Length <= CustomDataMax && System.Buffers.Text.Base64.IsValid(customData))
            ? customData
            : throw ArmException.Invalid(
                $"Custom data in OSProfile must be in Base64 encoding and with a maximum length of {CustomDataMax} characters.");

    private static void CheckNetwork(JsonObject network)
    {
        if (network["networkInterfaces"] is JsonArray { Count: > 0 } existing)
        {
            throw new ArmException(
                400, "InvalidResourceReference",
                $"Resource {existing[0]?["id"]} referenced by the virtual machine was not found. "
                + "Declare it in networkInterfaceConfigurations.");
        }

        if (network["networkInterfaceConfigurations"] is not JsonArray { Count: 1 } interfaces
            || interfaces[0]?["properties"]?["ipConfigurations"] is not JsonArray { Count: 1 } addresses)
        {
            throw ArmException.Invalid("networkInterfaceConfigurations must hold one network interface with one IP configuration.");
        }

        var address = Object(addresses[0]?["properties"], "ipConfigurations.properties");
        if ((string?)address["subnet"]?["id"] is null)
        {
            throw new ArmException(400, "SubnetIsRequired", "The IP configuration of a network interface must reference a subnet.");
        }

        if (network["networkApiVersion"] is null)
        {
            throw ArmException.Invalid("networkApiVersion is required when networkInterfaceConfigurations is given.");
        }
    }

    private static JsonObject Object(JsonNode? node, string name) =>
        node as JsonObject ?? throw ArmException.Invalid($"Required parameter '{name}' is missing (null).");

    [GeneratedRegex("^[A-Za-z0-9]([A-Za-z0-9-]{0,62}[A-Za-z0-9])?$")]
    private static partial Regex MachineName();
}
