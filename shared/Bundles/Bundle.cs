using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Launchpad.Shared.Bundles;

/// <summary>Who may do what with a file of a bundle.</summary>
public enum BundleAccess
{
    Everyone,

    /// <summary>A program.</summary>
    Run,

    /// <summary>Its owner alone reads it.</summary>
    Owner,
}

/// <param name="Path">Relative to the bundle's folder.</param>
public sealed record BundleFile(string Path, byte[] Content, BundleAccess Access = BundleAccess.Everyone)
{
    public string Sha256 => Convert.ToHexStringLower(SHA256.HashData(Content));
}

/// <summary>What a bundle consists of, to be signed. Not in it are itself and the secrets, which are to be filled in.</summary>
/// <param name="At">When it was made.</param>
/// <param name="Version">The config version.</param>
public sealed record BundleStatement(
    string Deployment, string Backup, DateTimeOffset At, int Version, string Image, IReadOnlyList<BundleDigest> Files)
{
    public const string Type = "application/vnd.launchpad.bundle+json";
}

/// <param name="Sha256">Lower-case hexadecimal.</param>
public sealed record BundleDigest(string Path, string Sha256);

/// <summary>Files as one folder in a compressed tar archive: the same files at the same moment give the same bytes.</summary>
public static class Bundle
{
    public const string SecretsFolder = "secrets/";

    private const UnixFileMode OwnerReads = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerEnters = OwnerReads | UnixFileMode.UserExecute;
    private const UnixFileMode AllRead = OwnerReads | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode AllRun = AllRead | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public static byte[] Pack(string folder, IReadOnlyList<BundleFile> files, DateTimeOffset at)
    {
        using var packed = new MemoryStream();
        using (var zipped = new GZipStream(packed, CompressionLevel.Optimal))
        using (var tar = new TarWriter(zipped, TarEntryFormat.Ustar))
        {
            var seen = new HashSet<string>();
            foreach (var file in files.OrderBy(file => file.Path, StringComparer.Ordinal))
            {
                var path = $"{folder}/{file.Path}";
                for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
                {
                    var above = path[..(slash + 1)];
                    if (seen.Add(above))
                    {
                        var isClosed = above == $"{folder}/{SecretsFolder}";
                        tar.WriteEntry(new UstarTarEntry(TarEntryType.Directory, above)
                        {
                            Mode = isClosed ? OwnerEnters : AllRun,
                            ModificationTime = at,
                        });
                    }
                }

                using var content = new MemoryStream(file.Content);
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, path)
                {
                    Mode = ModeOf(file.Access),
                    ModificationTime = at,
                    DataStream = content,
                });
            }
        }

        return packed.ToArray();
    }

    private static UnixFileMode ModeOf(BundleAccess access) => access switch
    {
        BundleAccess.Run => AllRun,
        BundleAccess.Owner => OwnerReads,
        _ => AllRead,
    };
}
