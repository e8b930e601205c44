using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Backups;

/// <summary>An encrypted archive on its way in: its own header stays behind and another takes its place; what was stored is still counted
/// as it was stored.</summary>
internal sealed class Receiving(RestoreRequest request)
{
    private const long FullBelow = 256 << 10;

    private readonly Digest _stored = new();

    public async Task FromStoreAsync(Stream output)
    {
        using var store = new BlobStore(request.From);
        var take = Begin(output);
        await store.ReadAsync(request.StoredBytes, take);
    }

    public async Task FromFileAsync(Stream file, Stream output)
    {
        var take = Begin(output);
        var buffer = new byte[Pipes.BufferSize];
        for (int n; (n = await file.ReadAsync(buffer)) > 0;)
        {
            take(buffer.AsMemory(0, n));
        }
    }

    /// <summary>The first thing that was wrong, in words: what comes after it is only what it led to.</summary>
    /// <param name="freeBytes">Of the volume, now.</param>
    public void EnsureWhole(Archive.Unpacked unpacked, long freeBytes)
    {
        Ensure(_stored.Length == request.StoredBytes, $"it is cut off, {_stored.Length} of {request.StoredBytes} bytes are there");
        Ensure(_stored.Sha256() == request.StoredSha256, $"what is stored is not what was sent, its SHA-256 is {_stored.Sha256()}");
        var isTooLong = unpacked.Archive.Length > request.ArchiveBytes;
        Ensure(unpacked.Decrypting is null || isTooLong, $"it does not decrypt: {unpacked.Decrypting}");

        // tar has several words for it, and goes on with what is smaller.
        if (unpacked.Extracting is { } trouble && (freeBytes < FullBelow || trouble.Contains("No space left", StringComparison.Ordinal)))
        {
            throw new VmFailure(
                VmErrorCode.NoSpace,
                $"The backup does not fit a volume of {request.StorageMb} MB; restore it to a larger plan.",
                retryable: false);
        }

        Ensure(!isTooLong, $"it holds more than the {request.ArchiveBytes} bytes that were packed");
        Ensure(unpacked.Unzipping is null, $"it does not unzip: {unpacked.Unzipping}");
        Ensure(unpacked.Extracting is null, $"the archive in it is not readable: {unpacked.Extracting}");
        Ensure(
            unpacked.Archive.Length == request.ArchiveBytes && unpacked.Archive.Sha256() == request.ArchiveSha256,
            $"what was in it is not what was packed: {unpacked.Archive.Length} bytes with SHA-256 {unpacked.Archive.Sha256()}");
    }

    private Action<ReadOnlyMemory<byte>> Begin(Stream output)
    {
        var isHeard = Pipes.TryWrite(output, Convert.FromBase64String(request.Header));
        return bytes =>
        {
            var skipped = (int)Math.Clamp(request.HeaderBytes - _stored.Length, 0, bytes.Length);
            _stored.Add(bytes.Span);
            isHeard = isHeard && Pipes.TryWrite(output, bytes.Span[skipped..]);
        };
    }

    private static void Ensure(bool isSo, string trouble)
    {
        if (!isSo)
        {
            throw new VmFailure(VmErrorCode.BackupDamaged, $"The backup cannot be restored: {trouble}.", retryable: false);
        }
    }
}
