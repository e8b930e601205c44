using System.IO.Compression;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Launchpad.Shared.Backups;
using Microsoft.Extensions.Options;

namespace Launchpad.Shared.Snapshots;

/// <summary>Where snapshots are, beside the bots' archives: control-plane/time/file. A file is written once, because the store may keep it
/// from being changed, and neither written nor read as a whole in memory.</summary>
public sealed class SnapshotBlobs(BlobServiceClient service, IOptions<SnapshotOptions> options)
{
    public const string Prefix = "control-plane/";
    private const string Manifest = "manifest.json";
    private const int BlockBytes = 4 * 1024 * 1024;

    private static readonly BlobUploadOptions Once = new()
    {
        Conditions = new() { IfNoneMatch = ETag.All },
        TransferOptions = new StorageTransferOptions
        {
            InitialTransferSize = BlockBytes,
            MaximumTransferSize = BlockBytes,
            MaximumConcurrency = 1,
        },
    };

    private readonly BlobContainerClient container = service.GetBlobContainerClient(BackupBlobs.Container);

    public string? Recipient => options.Value.Recipient;

    /// <param name="snapshot">Its name.</param>
    /// <param name="content">The table, or the vault.</param>
    /// <param name="write">Writes the lines and says how many.</param>
    /// <param name="ct">Stops the writing.</param>
    public async Task<SnapshotFile> WriteAsync(string snapshot, string content, Func<Stream, Task<long>> write, CancellationToken ct)
    {
        var name = content + (Recipient is null ? ".jsonl.gz" : ".jsonl.gz.age");
        var pipe = new Pipe();
        var upload = UploadAsync($"{Prefix}{snapshot}/{name}", pipe.Reader, ct);
        try
        {
            var file = await FillAsync(pipe.Writer.AsStream(leaveOpen: true), write, ct);
            await pipe.Writer.CompleteAsync();
            await upload;
            return new(content, name, file.Rows, file.Sha256);
        }
        catch (Exception failed)
        {
            await pipe.Writer.CompleteAsync(failed);
            await upload.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    public Task WriteManifestAsync(SnapshotManifest manifest, CancellationToken ct) =>
        container.GetBlobClient($"{Prefix}{manifest.Name}/{Manifest}")
            .UploadAsync(BinaryData.FromObjectAsJson(manifest, JsonSerializerOptions.Web), Once, ct);

    /// <summary>Names of all there are, newest first, with whether they are whole.</summary>
    public async Task<IReadOnlyList<(string Name, bool IsWhole)>> ListAsync(CancellationToken ct)
    {
        var found = new SortedDictionary<string, bool>(StringComparer.Ordinal);
        await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, Prefix, ct))
        {
            if (blob.Name[Prefix.Length..].Split('/') is [var name, var file])
            {
                found[name] = file == Manifest || found.GetValueOrDefault(name);
            }
        }

        return [.. found.Reverse().Select(one => (one.Key, one.Value))];
    }

    /// <summary>Null when there is none of that name that is whole.</summary>
    public async Task<SnapshotManifest?> FindAsync(string snapshot, CancellationToken ct)
    {
        try
        {
            var content = (await container.GetBlobClient($"{Prefix}{snapshot}/{Manifest}").DownloadContentAsync(ct)).Value.Content;
            return content.ToObjectFromJson<SnapshotManifest>(JsonSerializerOptions.Web);
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
    }

    public async Task<SnapshotManifest?> NewestAsync(CancellationToken ct) =>
        (await ListAsync(ct)).FirstOrDefault(one => one.IsWhole) is { Name: { } name } ? await FindAsync(name, ct) : null;

    /// <exception cref="InvalidDataException">When it is not what was written.</exception>
    public async Task CheckAsync(SnapshotManifest snapshot, SnapshotFile file, CancellationToken ct)
    {
        await using var stored = await OpenAsync(snapshot, file, ct);
        if (Convert.ToHexStringLower(await SHA256.HashDataAsync(stored, ct)) != file.Sha256)
        {
            throw new InvalidDataException($"{file.Name} of the snapshot {snapshot.Name} was changed after it was written.");
        }
    }

    /// <param name="snapshot">Of the file.</param>
    /// <param name="file">To be read.</param>
    /// <param name="identity">Of the snapshot's recipient; null where it has none.</param>
    /// <param name="ct">Stops the reading.</param>
    public async IAsyncEnumerable<string> LinesAsync(
        SnapshotManifest snapshot, SnapshotFile file, AgeIdentity? identity, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var stored = await OpenAsync(snapshot, file, ct);
        await using var opened = snapshot.Recipient is null ? stored
            : identity is null ? throw new InvalidDataException($"The snapshot is closed for {snapshot.Recipient}: its identity is needed.")
            : await AgePayload.ReadAsync(stored, identity, ct);
        await using var plain = new GZipStream(opened, CompressionMode.Decompress);
        using var lines = new StreamReader(plain);
        var rows = 0L;
        while (await lines.ReadLineAsync(ct) is { } line)
        {
            rows++;
            yield return line;
        }

        if (rows != file.Rows)
        {
            throw new InvalidDataException($"{file.Name} of the snapshot {snapshot.Name} has {rows} rows instead of {file.Rows}.");
        }
    }

    /// <summary>The manifest goes first: half of a snapshot is none. What the store does not let go yet is left for another time.</summary>
    public async Task DeleteAsync(string snapshot, CancellationToken ct)
    {
        try
        {
            await container.GetBlobClient($"{Prefix}{snapshot}/{Manifest}").DeleteIfExistsAsync(cancellationToken: ct);
            await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, $"{Prefix}{snapshot}/", ct))
            {
                await container.GetBlobClient(blob.Name).DeleteIfExistsAsync(cancellationToken: ct);
            }
        }
        catch (RequestFailedException kept) when (kept.ErrorCode == "BlobImmutableDueToPolicy")
        {
            // Until the lock of the store ends.
        }
    }

    private Task<Stream> OpenAsync(SnapshotManifest snapshot, SnapshotFile file, CancellationToken ct) =>
        container.GetBlobClient($"{Prefix}{snapshot.Name}/{file.Name}").OpenReadAsync(bufferSize: BlockBytes, cancellationToken: ct);

    private async Task UploadAsync(string blob, PipeReader content, CancellationToken ct)
    {
        try
        {
            await container.GetBlobClient(blob).UploadAsync(content.AsStream(leaveOpen: true), Once, ct);
            await content.CompleteAsync();
        }
        catch (Exception failed)
        {
            // Whoever writes would wait for ever for somebody to read.
            await content.CompleteAsync(failed);
            throw;
        }
    }

    private async Task<(long Rows, string Sha256)> FillAsync(Stream to, Func<Stream, Task<long>> write, CancellationToken ct)
    {
        using var hash = SHA256.Create();
        long rows;
        await using (var hashed = new CryptoStream(to, hash, CryptoStreamMode.Write, leaveOpen: true))
        {
            await using var closed = Recipient is null ? hashed : await AgePayload.WriteAsync(hashed, Recipient, ct);
            await using var packed = new GZipStream(closed, CompressionLevel.Optimal, leaveOpen: true);
            rows = await write(packed);
        }

        return (rows, Convert.ToHexStringLower(hash.Hash!));
    }
}
