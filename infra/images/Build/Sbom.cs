using System.Text.Json;
using System.Text.Json.Nodes;

namespace Launchpad.Images;

/// <summary>A bill of materials in CycloneDX 1.5. Without a clock or a random serial number: the same image has the same one.</summary>
internal static class Sbom
{
    public const string MediaType = "application/vnd.cyclonedx+json";

    public static JsonObject Component(string type, string name, string version, string purl) => new()
    {
        ["type"] = type,
        ["bom-ref"] = purl,
        ["name"] = name,
        ["version"] = version,
        ["purl"] = purl,
    };

    public static byte[] Write(string repository, string version, IReadOnlyList<JsonObject> components) =>
        JsonSerializer.SerializeToUtf8Bytes(new JsonObject
        {
            ["bomFormat"] = "CycloneDX",
            ["specVersion"] = "1.5",
            ["version"] = 1,
            ["metadata"] = new JsonObject
            {
                ["component"] = Component("container", repository, version, $"pkg:oci/{repository.Split('/')[^1]}"),
            },
            ["components"] = new JsonArray([.. components]),
        });
}
