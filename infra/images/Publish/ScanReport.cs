using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Launchpad.Images;

/// <summary>The vulnerability gate. No scanner runs here: the report comes from where one runs, must be about exactly this image, and
/// stops the pipeline at a critical finding. Whether there was one is signed with the image.</summary>
internal sealed record ScanReport(string Sha256, string Scanner)
{
    private const long BytesMax = 256 * 1024 * 1024;

    public static JsonObject Claim(ScanReport? report) => report is null
        ? new() { ["presented"] = false }
        : new() { ["presented"] = true, ["scanner"] = report.Scanner, ["sha256"] = report.Sha256 };

    public static ScanReport Read(string path, string digest)
    {
        if (!File.Exists(path) || new FileInfo(path).Length > BytesMax)
        {
            throw new ImageFailedException($"The scan report {path} is missing or larger than {BytesMax} bytes.");
        }

        var content = File.ReadAllBytes(path);
        try
        {
            using var document = JsonDocument.Parse(content);
            var root = document.RootElement;
            var (scanner, scanned, severities) = root.TryGetProperty("matches", out var matches)
                ? ("grype", GrypeDigests(root), GrypeSeverities(matches))
                : ("trivy", TrivyDigests(root), TrivySeverities(root));
            Require(scanned.Any(name => name.EndsWith(digest, StringComparison.Ordinal)), path, $"is not about {digest}");
            var critical = severities.Count(severity => severity.Equals("critical", StringComparison.OrdinalIgnoreCase));
            Require(critical is 0, path, $"has {critical} critical findings");
            return new(Convert.ToHexStringLower(SHA256.HashData(content)), scanner);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new ImageFailedException($"The scan report {path} is neither Trivy's nor Grype's JSON.", exception);
        }
    }

    private static void Require(bool condition, string path, string otherwise)
    {
        if (!condition)
        {
            throw new ImageFailedException($"The scan report {path} {otherwise}. The image was not signed.");
        }
    }

    private static IEnumerable<string> GrypeDigests(JsonElement root)
    {
        var target = root.GetProperty("source").GetProperty("target");
        return Strings(target, "repoDigests").Append(target.TryGetProperty("manifestDigest", out var digest) ? digest.GetString()! : "");
    }

    private static IEnumerable<string> GrypeSeverities(JsonElement matches) =>
        matches.EnumerateArray().Select(match => Severity(match.GetProperty("vulnerability"), "severity"));

    private static IEnumerable<string> TrivyDigests(JsonElement root) => Strings(root.GetProperty("Metadata"), "RepoDigests");

    private static IEnumerable<string> TrivySeverities(JsonElement root) =>
        Items(root, "Results").SelectMany(result => Items(result, "Vulnerabilities")).Select(found => Severity(found, "Severity"));

    private static string Severity(JsonElement vulnerability, string name) => vulnerability.GetProperty(name).GetString() ?? "";

    private static IEnumerable<string> Strings(JsonElement parent, string name) =>
        Items(parent, name).Select(item => item.GetString() ?? "");

    private static JsonElement.ArrayEnumerator Items(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var items) && items.ValueKind is JsonValueKind.Array ? items.EnumerateArray() : default;
}
