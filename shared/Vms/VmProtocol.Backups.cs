using System.Text;

namespace Launchpad.Shared.Vms;

/// <summary>Sends what a deployment keeps, as it is at one moment, to a store, encrypted on the way. The bot goes on meanwhile, unless a copy
/// of its volume takes too long to be made beside it.</summary>
/// <param name="Backup">Its id.</param>
/// <param name="To">An append blob that does not exist; the address lets it be created and appended to, and nothing else.</param>
/// <param name="Recipient">age1…; whoever has its identity can read it, and this machine never has.</param>
/// <param name="HeldSecondsMax">How long writers may be held for the copy, 15 at most; where that is not enough, and with 0, the bot is
/// stopped.</param>
/// <param name="StoppedSecondsMax">After that long the machine starts a stopped bot by itself, whatever becomes of the copy; 90 to
/// 3600.</param>
/// <param name="Keep">How many of the deployment's backups stay on the machine, this one among them, 30 at most.</param>
public sealed record BackupRequest(
    string Deployment, string Backup, Uri To, string Recipient, int HeldSecondsMax, int StoppedSecondsMax, int Keep)
{
    /// <summary>The address is a right.</summary>
    public override string ToString() => $"BackupRequest {{ Deployment = {Deployment}, Backup = {Backup} }}";
}

/// <param name="At">The moment that it holds.</param>
/// <param name="StoredBytes">Of the encrypted archive; what was appended after them is not of it.</param>
/// <param name="StoredSha256">Of the encrypted archive, lower-case hexadecimal.</param>
/// <param name="ArchiveBytes">Of the tar archive inside.</param>
/// <param name="ArchiveSha256">Of the tar archive inside, lower-case hexadecimal.</param>
/// <param name="HeldMs">How long writers waited.</param>
/// <param name="StoppedMs">How long the bot was stopped.</param>
public sealed record BackupResult(
    string Backup, DateTimeOffset At, long StoredBytes, string StoredSha256, long ArchiveBytes, string ArchiveSha256,
    VmContents Contents, long HeldMs, long StoppedMs);

/// <summary>What a bot's data consist of.</summary>
/// <param name="Bytes">Of all files.</param>
/// <param name="Sessions">Conversations; null where this cannot be told.</param>
/// <param name="Memories">Files and notes that the bot remembers by; null where this cannot be told.</param>
/// <param name="Left">What was left out, and why.</param>
public sealed record VmContents(int Files, long Bytes, int? Sessions, int? Memories, IReadOnlyList<VmLeftOut> Left);

/// <param name="Path">Relative to /data.</param>
public sealed record VmLeftOut(string Path, string Why);

/// <summary>Fetches a backup and lays it beside a deployment's volume, whole and checked; <see cref="VolumeAction.Bring"/> makes it the
/// volume, <see cref="VolumeAction.Discard"/> takes it away.</summary>
/// <param name="Deployment">Beside whose volume; it may have none yet, and need not be the one whose backup it is.</param>
/// <param name="Of">The deployment whose backup it is: where this machine still has the archive, it is not fetched.</param>
/// <param name="From">Lets the blob be read, and nothing else.</param>
/// <param name="Header">base64: what stands in place of the archive's own header, closed for <paramref name="Identity"/>.</param>
/// <param name="HeaderBytes">Of the archive's own header.</param>
/// <param name="Identity">AGE-SECRET-KEY-1…, made for this one restore.</param>
/// <param name="StorageMb">How large the volume becomes, mebibytes.</param>
public sealed record RestoreRequest(
    string Deployment, string Backup, string Of, Uri From, string Header, int HeaderBytes, string Identity,
    long StoredBytes, string StoredSha256, long ArchiveBytes, string ArchiveSha256, int StorageMb)
{
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append("Deployment = ").Append(Deployment).Append(", Backup = ").Append(Backup);
        return true;
    }
}

/// <param name="Fetched">False when the machine had it.</param>
public sealed record RestoreResult(string Backup, VmContents Contents, bool Fetched, long Ms);
