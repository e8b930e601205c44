using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Vms;

namespace Launchpad.Shared.Bundles;

/// <summary>What of a bundle tells one bot from another: its container, its config, and which secrets it needs, in the version that a backup
/// was made of.</summary>
public sealed class BundledBots(ConfigVersionStore versions, Bots bots)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    // Browsers take this name for one that nobody listens to on the way, as an address of numbers.
    private static readonly string Url = $"http://localhost:{BotRuntimeProfile.Port}";

    /// <exception cref="PermanentException">When the version is not kept any more.</exception>
    public async Task<(ConfigVersion Version, IReadOnlyList<BundleFile> Files)> FilesAsync(
        Deployment deployment, Backup backup, CancellationToken ct)
    {
        var version = await versions.GetAsync(deployment.Id, backup.Version, ct);
        var container = new BundledContainer(
            deployment.Slug, BotContainer.Of(version.State.Image, Bots.Limits(version.State), BotRuntimeProfile.Runtime),
            BotRuntimeProfile.ReadyPath);
        return (version,
        [
            new("compose.yaml", Encoding.UTF8.GetBytes(container.Compose())),
            new("container.json", JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    container.Name,
                    container.Bot.Image,
                    container.LocalImage,
                    BotContainer.User,
                    container.Bot.Port,
                    container.ReadyPath,
                    Run = container.Run(),
                },
                Json)),
            new(BundledContainer.Config, Encoding.UTF8.GetBytes(bots.Config(Url, version.State))),
            .. Bots.SecretNames(version.State).Select(name => new BundleFile(Bundle.SecretsFolder + name, [], BundleAccess.Owner)),
        ]);
    }
}
