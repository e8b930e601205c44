using Azure.Storage.Blobs;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Snapshots;

namespace Launchpad.ControlPlane;

/// <summary>The store of backups as a directory, for a disaster that takes the store with it.</summary>
internal sealed class Copies(BlobServiceClient store, SnapshotBlobs snapshots)
{
    private readonly BlobContainerClient container = store.GetBlobContainerClient(BackupBlobs.Container);

    /// <summary>The bots' archives and the newest snapshot. What the directory has already is not copied again: nothing in the store is
    /// ever changed.</summary>
    public async Task ExportAsync(string directory, CancellationToken ct)
    {
        var newest = await snapshots.NewestAsync(ct) ?? throw new InvalidDataException("The store has no snapshot that is whole.");
        var (count, bytes) = (0, 0L);
        await foreach (var blob in container.GetBlobsAsync(cancellationToken: ct))
        {
            if (blob.Name.StartsWith(SnapshotBlobs.Prefix, StringComparison.Ordinal)
                && !blob.Name.StartsWith($"{SnapshotBlobs.Prefix}{newest.Name}/", StringComparison.Ordinal))
            {
                continue;
            }

            var (path, size) = (PathOf(directory, blob.Name), blob.Properties.ContentLength ?? 0);
            (count, bytes) = (count + 1, bytes + size);
            if (new FileInfo(path) is not { Exists: true } copy || copy.Length != size)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                await container.GetBlobClient(blob.Name).DownloadToAsync(path, ct);
            }
        }

        Console.WriteLine($"exported {count} files, {bytes} bytes, with {newest.Name}");
    }

    public async Task ImportAsync(string directory, CancellationToken ct)
    {
        var root = Path.GetFullPath(Path.Combine(directory, BackupBlobs.Container));
        await container.CreateIfNotExistsAsync(cancellationToken: ct);
        var count = 0;
        foreach (var path in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories))
        {
            var blob = container.GetBlobClient(Path.GetRelativePath(root, path).Replace(Path.DirectorySeparatorChar, '/'));
            if (!await blob.ExistsAsync(ct))
            {
                await blob.UploadAsync(path, ct);
            }

            count++;
        }

        Console.WriteLine($"imported {count} files");
    }

    /// <exception cref="InvalidDataException">When the name would lead out of the directory.</exception>
    private static string PathOf(string directory, string blob)
    {
        var root = Path.GetFullPath(Path.Combine(directory, BackupBlobs.Container));
        var path = Path.GetFullPath(Path.Combine(root, blob));
        return path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path
            : throw new InvalidDataException($"'{blob}' is no name for a file.");
    }
}
