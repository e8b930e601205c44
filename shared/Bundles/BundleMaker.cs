using System.Text;
using System.Text.Json;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Deployments;

namespace Launchpad.Shared.Bundles;

/// <summary>A bot for its owner to take along: everything but its data, which are fetched from the store by who unpacks it, and its secrets,
/// which stay in the vault.</summary>
public sealed class BundleMaker(BackupKeeper keeper, BundledBots bots, Receipts receipts, SignedDocuments documents)
{
    private const string Resources = "bundle/";

    /// <summary>How long the data can be fetched.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <exception cref="PermanentException">When the backup cannot be opened any more.</exception>
    public Task<BackupDownload> OpenAsync(Backup backup, CancellationToken ct) => keeper.DownloadAsync(backup, Lifetime, ct);

    /// <returns>A compressed tar archive.</returns>
    public async Task<byte[]> PackAsync(
        Deployment deployment, Backup backup, BackupDownload archive, DateTimeOffset at, CancellationToken ct)
    {
        var (version, own) = await bots.FilesAsync(deployment, backup, ct);
        BundleFile[] files =
        [
            .. own,
            .. Programs(),
            .. await receipts.OfAsync(deployment, backup, version.State.Image, ct),
            new("archive.json", JsonSerializer.SerializeToUtf8Bytes(archive, JsonSerializerOptions.Web), BundleAccess.Owner),
            new("receipts/certificates.pem", Encoding.ASCII.GetBytes(await documents.PublicKeyAsync(ct))),
        ];
        var statement = new BundleStatement(
            deployment.Id, backup.Id, at, version.Number, version.State.Image,
            [
                .. files.Where(file => !file.Path.StartsWith(Bundle.SecretsFolder, StringComparison.Ordinal))
                    .OrderBy(file => file.Path, StringComparer.Ordinal).Select(file => new BundleDigest(file.Path, file.Sha256)),
            ]);
        var signed = await documents.SignAsync(
            BundleStatement.Type, JsonSerializer.SerializeToUtf8Bytes(statement, JsonSerializerOptions.Web), ct);
        return Bundle.Pack(
            deployment.Slug, [.. files, new("receipts/bundle.dsse.json", Encoding.UTF8.GetBytes(SignedDocuments.ToJson(signed)))], at);
    }

    /// <summary>What is the same for every bot.</summary>
    private static IEnumerable<BundleFile> Programs()
    {
        var assembly = typeof(BundleMaker).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Resources, StringComparison.Ordinal)))
        {
            using var resource = assembly.GetManifestResourceStream(name)!;
            using var content = new MemoryStream();
            resource.CopyTo(content);
            var isText = name.EndsWith(".md", StringComparison.Ordinal);
            yield return new(name[Resources.Length..], content.ToArray(), isText ? BundleAccess.Everyone : BundleAccess.Run);
        }
    }
}
