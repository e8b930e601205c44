using System.Globalization;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using Azure.Data.Tables;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Snapshots;

/// <summary>Backs up what the control plane knows: all its tables and the names in its vault. Rows go on changing while they are read, so
/// two of them may be of two moments; that is what a crash leaves too, and what heals that heals this.</summary>
public sealed class ControlPlaneSnapshots(Tables tables, SecretVault vault, SnapshotBlobs blobs, TimeProvider clock)
{
    /// <summary>What the file of the vault is called; no table is called so.</summary>
    public const string Vault = "vault";

    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task<SnapshotManifest> TakeAsync(CancellationToken ct)
    {
        var begun = clock.GetUtcNow();
        var (name, files) = (NameOf(begun), new List<SnapshotFile>());
        foreach (var table in tables.All)
        {
            files.Add(await blobs.WriteAsync(name, table.Name, to => WriteAsync(to, table.QueryAsync<TableEntity>(cancellationToken: ct), RowJson.Write, ct), ct));
        }

        // After the rows that name them: a secret's row is written before its value.
        files.Add(await blobs.WriteAsync(name, Vault, to => WriteAsync(to, SecretsAsync(ct), Write, ct), ct));
        var manifest = new SnapshotManifest(
            SnapshotManifest.FormatOfToday, name, Build, begun, clock.GetUtcNow(), blobs.Recipient, files);
        await blobs.WriteManifestAsync(manifest, ct);
        return manifest;
    }

    /// <summary>Deletes those that are past their time, but for the newest that is whole.</summary>
    public async Task PruneAsync(TimeSpan retention, CancellationToken ct)
    {
        var (all, oldest) = (await blobs.ListAsync(ct), NameOf(clock.GetUtcNow() - retention));
        var newest = all.FirstOrDefault(one => one.IsWhole).Name;
        foreach (var (name, _) in all.Where(one => one.Name != newest && string.CompareOrdinal(one.Name, oldest) < 0))
        {
            await blobs.DeleteAsync(name, ct);
        }
    }

    private static string Build =>
        Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private static string NameOf(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH-mm-ss.fff'Z'", CultureInfo.InvariantCulture);

    private IAsyncEnumerable<SecretName> SecretsAsync(CancellationToken ct) => vault.ListAsync(ct)
        .Select(secret => new SecretName(secret.Name, secret.Version, secret.CreatedOn, secret.UpdatedOn, secret.Enabled));

    private static void Write(Utf8JsonWriter json, SecretName secret) => JsonSerializer.Serialize(json, secret, JsonSerializerOptions.Web);

    private static async Task<long> WriteAsync<T>(
        Stream to, IAsyncEnumerable<T> rows, Action<Utf8JsonWriter, T> write, CancellationToken ct)
    {
        var count = 0L;
        await using var json = new Utf8JsonWriter(to, Readable);
        await foreach (var row in rows.WithCancellation(ct))
        {
            write(json, row);
            await json.FlushAsync(ct);
            json.Reset();
            await to.WriteAsync("\n"u8.ToArray(), ct);
            count++;
        }

        return count;
    }
}
