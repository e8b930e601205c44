using System.Text.Json.Nodes;
using Launchpad.Shared.OpenClaw;

namespace Launchpad.Images;

/// <summary>Holds what the control plane believes of the release against the release itself, so that a new one is not built on the
/// beliefs about an old one.</summary>
internal static class ReleaseFacts
{
    /// <param name="tree">Where the release is installed.</param>
    /// <exception cref="ImageFailedException">When they differ; it names what does.</exception>
    public static void Check(string tree, OpenClawRelease known)
    {
        var package = Path.Combine(tree, "node_modules", "openclaw");
        var version = (string)Read(package, "package.json")["version"]!;
        var refs = Read(package, "docs", "reference", "secretref-user-supplied-credentials-matrix.json")["entries"]!.AsArray()
            .Where(entry => (string)entry!["configFile"]! == "openclaw.json").Select(entry => (string)entry!["path"]!);
        var channels = Read(package, "dist", "channel-catalog.json")["entries"]!.AsArray()
            .Select(entry => entry!["openclaw"]!)
            .Select(about => $"{about["channel"]!["id"]}: plugin {about["plugin"]?["id"] ?? about["channel"]!["id"]}");
        string[] differences =
        [
            .. Differences("version", [known.Version], [version]),
            .. Differences("reference to a secret", known.SecretRefs, refs),
            // Those that come with the package are in no catalogue.
            .. channels.Except(known.Channels.Select(pair => $"{pair.Key}: plugin {pair.Value.Plugin}"))
                .Select(one => $"channel {one} is new"),
        ];
        if (differences.Length > 0)
        {
            throw new ImageFailedException(
                $"The release is not the one that shared/OpenClaw/release.json describes: {string.Join("; ", differences)}.");
        }
    }

    private static IEnumerable<string> Differences(string what, IEnumerable<string> known, IEnumerable<string> real) =>
        real.Except(known).Select(name => $"{what} {name} is new").Concat(known.Except(real).Select(name => $"{what} {name} is gone"));

    private static JsonNode Read(params string[] path) => JsonNode.Parse(File.ReadAllText(Path.Combine(path)))!;
}
