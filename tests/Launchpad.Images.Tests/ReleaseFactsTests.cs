using System.Text.Json;
using System.Text.Json.Nodes;
using Launchpad.Shared.OpenClaw;

namespace Launchpad.Images.Tests;

public sealed class ReleaseFactsTests : IDisposable
{
    private readonly DirectoryInfo _tree = Directory.CreateTempSubdirectory("launchpad-release-");

    [Fact]
    public void What_is_known_is_about_the_release_that_is_pinned() => Assert.Equal(
        (string)JsonNode.Parse(File.ReadAllText(Path.Combine(SourceFolder.Path("openclaw"), "package.json")))!["dependencies"]!["openclaw"]!,
        OpenClawRelease.Pinned.Version);

    [Fact]
    public void A_release_that_is_as_it_is_known_is_built()
    {
        Install(OpenClawRelease.Pinned);
        ReleaseFacts.Check(_tree.FullName, OpenClawRelease.Pinned);
    }

    [Fact]
    public void A_release_that_takes_other_secrets_or_has_other_channels_is_not()
    {
        var known = OpenClawRelease.Pinned;
        Install(known with
        {
            Version = "2027.1.1",
            SecretRefs = [.. known.SecretRefs.Skip(1), "channels.new.token"],
            Channels = new Dictionary<string, OpenClawChannel>(known.Channels) { ["new"] = new("new-plugin", []) },
        });

        var message = Assert.Throws<ImageFailedException>(() => ReleaseFacts.Check(_tree.FullName, known)).Message;
        Assert.Contains("version 2027.1.1 is new", message, StringComparison.Ordinal);
        Assert.Contains("channels.new.token is new", message, StringComparison.Ordinal);
        Assert.Contains($"{known.SecretRefs[0]} is gone", message, StringComparison.Ordinal);
        Assert.Contains("channel new: plugin new-plugin", message, StringComparison.Ordinal);
    }

    public void Dispose() => _tree.Delete(recursive: true);

    private void Install(OpenClawRelease release)
    {
        Put("package.json", new { version = release.Version });
        Put(
            "docs/reference/secretref-user-supplied-credentials-matrix.json",
            new { entries = release.SecretRefs.Select(path => new { configFile = "openclaw.json", path }) });
        Put(
            "dist/channel-catalog.json",
            new
            {
                entries = release.Channels.Select(pair => new
                {
                    openclaw = new { plugin = new { id = pair.Value.Plugin }, channel = new { id = pair.Key } },
                }),
            });
    }

    private void Put(string path, object content)
    {
        var full = Path.Combine(_tree.FullName, "node_modules", "openclaw", path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, JsonSerializer.Serialize(content));
    }
}
