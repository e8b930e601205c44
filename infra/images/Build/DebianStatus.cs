using System.Text.Json.Nodes;

namespace Launchpad.Images;

/// <summary>Reads dpkg's records, of an installed system or of single packages, for the bill of materials.</summary>
internal static class DebianStatus
{
    public static IEnumerable<JsonObject> Components(string statusFile)
    {
        var record = new List<string>();
        foreach (var line in File.ReadLines(statusFile).Append(""))
        {
            if (line.Length > 0)
            {
                record.Add(line);
            }
            else if (record.Count > 0)
            {
                yield return Component(record);
                record.Clear();
            }
        }
    }

    public static JsonObject Component(IReadOnlyCollection<string> record)
    {
        string Field(string name) =>
            record.FirstOrDefault(line => line.StartsWith(name + ": ", StringComparison.Ordinal))?[(name.Length + 2)..] ?? "";

        var (package, version) = (Field("Package"), Field("Version"));
        return Sbom.Component("library", package, version,
            $"pkg:deb/debian/{Uri.EscapeDataString(package)}@{Uri.EscapeDataString(version)}?arch={Field("Architecture")}&distro=bookworm");
    }
}
