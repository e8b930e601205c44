using System.Text.Json;

namespace Launchpad.Shared.OpenClaw;

/// <param name="Plugin">What has to be allowed for it.</param>
/// <param name="Hosts">`host:port` that it calls whatever its settings are.</param>
public sealed record OpenClawChannel(string Plugin, IReadOnlyList<string> Hosts);

/// <summary>What the control plane has to know of the pinned release to say beforehand what its configuration means. A place is a path of
/// names, with `*` for any name and `[]` for any item of a list.</summary>
/// <param name="SecretRefs">Places that take a reference to a secret, as the release's own list has them.</param>
/// <param name="ModelRefs">Places that name a language model.</param>
/// <param name="ProviderRefs">Places that name a provider of something else: speech, search, embeddings.</param>
/// <param name="Calls">Places that hold an address which the bot itself calls.</param>
/// <param name="Providers">Where a provider is called: `host:port`.</param>
public sealed record OpenClawRelease(
    string Version, IReadOnlyList<string> SecretRefs, IReadOnlyList<string> ModelRefs, IReadOnlyList<string> ProviderRefs,
    IReadOnlyList<string> Calls, IReadOnlyDictionary<string, OpenClawChannel> Channels, IReadOnlyDictionary<string, string> Providers)
{
    public static OpenClawRelease Pinned { get; } = Read();

    private static OpenClawRelease Read()
    {
        using var data = typeof(OpenClawRelease).Assembly.GetManifestResourceStream("openclaw/release.json")!;
        return JsonSerializer.Deserialize<OpenClawRelease>(data, JsonSerializerOptions.Web)!;
    }
}
