using System.Text.RegularExpressions;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm;

internal static partial class Requests
{
    private const int AddressMax = 4096;
    private const int HeaderMax = 8 << 10;
    private const int KeepMax = 30;
    private const long StoredMax = 1L << 40;

    private static void Check(VolumeRequest volume)
    {
        CheckDeployment(volume.Deployment);
        Require(Enum.IsDefined(volume.Action), "action is none of copy, keep, return, exchange, bring, discard");
        Require((volume.Action is VolumeAction.Copy) == (volume.To is not null), "to is given with copy, and only then");
        CheckDeployment(volume.To ?? volume.Deployment);
        Require(volume.To != volume.Deployment, "to is another deployment");
        Require(
            volume.Action is not (VolumeAction.Exchange or VolumeAction.Return) || volume.Kept is not null,
            "exchange and return say which version's volume is wanted: kept");
        Require(volume.Of is null || volume.Of != volume.Kept, "of and kept are two versions");
        Require(volume.Action is not VolumeAction.Bring || volume.Backup is not null, "bring says which backup: backup");
        Require(
            volume.Backup is null || volume.Action is VolumeAction.Bring or VolumeAction.Copy,
            "backup is given with bring and copy, and only then");
        Require(volume.Backup is null || volume.Kept is null, "backup and kept are two volumes: one of them is given");
        Require(
            volume.Action is not VolumeAction.Discard || volume is { Of: null, Kept: null }, "discard says neither of nor kept");
        CheckBackup(volume.Backup ?? volume.Deployment);
    }

    private static void Check(BackupRequest backup)
    {
        CheckDeployment(backup.Deployment);
        CheckBackup(backup.Backup);
        CheckAddress(backup.To, "to");
        Require(Recipient().IsMatch(backup.Recipient), "recipient is one of age's (age1…)");
        Require(backup.HeldSecondsMax is >= 0 and <= 15, "heldSecondsMax is 0 to 15");
        Require(backup.StoppedSecondsMax is >= 90 and <= 3600, "stoppedSecondsMax is 90 to 3600");
        Require(backup.Keep is >= 0 and <= KeepMax, $"keep is 0 to {KeepMax}");
    }

    private static void Check(RestoreRequest restore)
    {
        CheckDeployment(restore.Deployment);
        CheckDeployment(restore.Of);
        CheckBackup(restore.Backup);
        CheckAddress(restore.From, "from");
        Require(Identity().IsMatch(restore.Identity), "identity is one of age's (AGE-SECRET-KEY-1…)");
        Require(restore.HeaderBytes is > 0 and <= HeaderMax, $"headerBytes is 1 to {HeaderMax}");
        var header = new byte[HeaderMax];
        Require(
            Convert.TryFromBase64String(restore.Header, header, out var length)
                && header.AsSpan(0, length).StartsWith("age-encryption.org/v1\n"u8),
            $"header is base64 of an age header, {HeaderMax} bytes at most");
        Require(restore.StoredBytes > restore.HeaderBytes && restore.StoredBytes <= StoredMax, "storedBytes is more than headerBytes");
        Require(restore.ArchiveBytes is > 0 and <= StoredMax, "archiveBytes is more than 0");
        Require(Sha256().IsMatch(restore.StoredSha256), "storedSha256 is lower-case hexadecimal");
        Require(Sha256().IsMatch(restore.ArchiveSha256), "archiveSha256 is lower-case hexadecimal");
        CheckStorage(restore.StorageMb, "storageMb");
    }

    private static void CheckBackup(string backup) => Require(Deployment().IsMatch(backup), "backup is not an id (bak_…)");

    // Never said what it is: it is a right.
    private static void CheckAddress(Uri address, string name) => Require(
        address is { IsAbsoluteUri: true, Scheme: "http" or "https", UserInfo: "", Fragment: "", Query.Length: > 1 }
            && address.OriginalString.Length <= AddressMax,
        $"{name} is the http or https address of a blob, with the right to it in its query");

    [GeneratedRegex(@"\Aage1[02-9ac-hj-np-z]{58}\z")]
    private static partial Regex Recipient();

    [GeneratedRegex(@"\AAGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}\z")]
    private static partial Regex Identity();

    [GeneratedRegex(@"\A[0-9a-f]{64}\z")]
    private static partial Regex Sha256();
}
