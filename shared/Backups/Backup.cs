using Azure;
using Launchpad.Shared.Vms;

namespace Launchpad.Shared.Backups;

/// <summary>Why a backup was made.</summary>
public enum BackupReason
{
    Nightly,
    Asked,

    /// <summary>Before another version or another plan takes the bot's place.</summary>
    Change,
    Deletion,

    /// <summary>For another machine.</summary>
    Move,
}

/// <summary>One backup of a bot. There is a row only of one that is whole: it was looked at in the store and could be opened.</summary>
/// <param name="Archive">What machines call it, and the last part of its blob's name.</param>
/// <param name="Version">The config version that ran.</param>
/// <param name="HeaderBytes">Of the archive's own beginning.</param>
/// <param name="Stored">What the machine said of it.</param>
/// <param name="ManifestSha256">Of the document beside it in the store, lower-case hexadecimal.</param>
public sealed record Backup(
    string Id, string Account, string Deployment, BackupReason Reason, string Operation, string Archive, int Version, string Image,
    int StorageMb, int HeaderBytes, BackupResult Stored, string ManifestSha256)
{
    /// <summary>When its owner deleted it; it can be taken back for a while. Null while it is wanted.</summary>
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>When a drill last brought a bot up from it; null for never.</summary>
    public DateTimeOffset? ProvenAt { get; init; }

    public ETag ETag { get; init; }

    public DateTimeOffset At => Stored.At;

    /// <summary>The backup that an operation makes: the same however often it is asked.</summary>
    public static string IdOf(string operation) =>
        string.Concat(Ids.Backup, operation.AsSpan(operation.IndexOf('_', StringComparison.Ordinal)));
}

/// <summary>Stands beside an archive and says what it holds, for whoever has nothing but the store.</summary>
/// <param name="In">What is in it, in words.</param>
/// <param name="Out">What is not, and why.</param>
public sealed record BackupManifest(
    string Backup, string Deployment, BackupReason Reason, DateTimeOffset At, int ConfigVersion, string Image, int StorageMb,
    string Recipient, long StoredBytes, string StoredSha256, long ArchiveBytes, string ArchiveSha256, int Files, long FileBytes,
    int? Sessions, int? Memories, IReadOnlyList<string> In, IReadOnlyList<VmLeftOut> Out);
