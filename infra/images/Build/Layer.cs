using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Launchpad.Images;

/// <summary>A layer on disk: the digest of its compressed file and of the archive inside.</summary>
internal sealed record Layer(string Digest, string DiffId, long Size)
{
    public const string Folder = "layers";

    /// <summary>A layer says nothing about when it was made, so that the same content has the same digest everywhere.</summary>
    public static readonly DateTimeOffset Timestamp = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public string FileName => Path.Combine(Folder, Digest.Replace(':', '-') + ".tar.gz");

    public static async Task<Layer> WriteAsync(LayerContent content, string imageFolder, CancellationToken ct)
    {
        var folder = Directory.CreateDirectory(Path.Combine(imageFolder, Folder)).FullName;
        var temporary = Path.Combine(folder, Guid.NewGuid().ToString("N"));
        using var archiveHash = SHA256.Create();
        using var fileHash = SHA256.Create();
        await using (var file = File.Create(temporary))
        {
            await using var hashedFile = new CryptoStream(file, fileHash, CryptoStreamMode.Write);
            await using var gzip = new GZipStream(hashedFile, CompressionLevel.Optimal);
            await using var archive = new CryptoStream(gzip, archiveHash, CryptoStreamMode.Write);
            await using var tar = new TarWriter(archive, TarEntryFormat.Gnu);
            foreach (var entry in content.Entries)
            {
                await WriteAsync(tar, entry, ct);
            }
        }

        var layer = new Layer(Hex(fileHash), Hex(archiveHash), new FileInfo(temporary).Length);
        File.Move(temporary, Path.Combine(imageFolder, layer.FileName), overwrite: true);
        return layer;
    }

    private static async Task WriteAsync(TarWriter tar, LayerEntry entry, CancellationToken ct)
    {
        var type = entry switch
        {
            { LinkTarget: not null } => TarEntryType.SymbolicLink,
            { SourceFile: null, Bytes: null } => TarEntryType.Directory,
            _ => TarEntryType.RegularFile,
        };
        await using var data = entry switch
        {
            { SourceFile: { } file } => File.OpenRead(file),
            { Bytes: { } bytes } => new MemoryStream(bytes),
            _ => Stream.Null,
        };
        var header = new GnuTarEntry(type, type is TarEntryType.Directory ? entry.Path + "/" : entry.Path)
        {
            Mode = entry.Mode,
            Uid = entry.Owner,
            Gid = entry.Owner,
            ModificationTime = Timestamp,
        };
        if (type is TarEntryType.SymbolicLink)
        {
            header.LinkName = entry.LinkTarget!;
        }
        else if (type is TarEntryType.RegularFile)
        {
            header.DataStream = data;
        }

        await tar.WriteEntryAsync(header, ct);
    }

    private static string Hex(SHA256 hash) => "sha256:" + Convert.ToHexStringLower(hash.Hash!);
}
