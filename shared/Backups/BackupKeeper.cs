using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Vms;
using Microsoft.Extensions.Options;

namespace Launchpad.Shared.Backups;

/// <summary>An archive, and what opens it: the first bytes of what is at the address are left out, and the header comes in their
/// place.</summary>
/// <param name="Header">base64.</param>
/// <param name="HeaderBytes">What is left out.</param>
/// <param name="StoredBytes">What is read of the address.</param>
/// <param name="Identity">For age.</param>
/// <param name="ArchiveSha256">Of the tar archive that comes out.</param>
public sealed record BackupDownload(Uri Url, string Header, int HeaderBytes, long StoredBytes, string Identity, string ArchiveSha256);

/// <summary>What machines are asked for, and what of their answers is believed. The key that opens a bot's archives never leaves the vault:
/// a machine that is to open one gets a key for that one.</summary>
public sealed class BackupKeeper(BackupStore backups, BackupBlobs blobs, BotSecrets secrets, IOptions<BackupOptions> options)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    private static readonly string[] In =
        ["The bot's configuration and its state with all conversations.", "Its workspace: instructions, memory and files."];

    private static readonly VmLeftOut Secrets = new("(secrets)", "Keys and tokens are in the vault, and come from there.");

    /// <summary>Each time for another archive: one that was begun and not finished is none.</summary>
    public async Task<BackupRequest> RequestAsync(string deployment, string backup, CancellationToken ct)
    {
        var archive = backup + RandomNumberGenerator.GetHexString(6, lowercase: true);
        var identity = await EnsureIdentityAsync(deployment, ct);
        return new(
            deployment, archive, await blobs.WriteAddressAsync(deployment, archive, ct), identity.Recipient, options.Value.HeldSecondsMax,
            options.Value.StoppedSecondsMax, options.Value.KeptOnMachine);
    }

    /// <summary>Looks at what arrived, and remembers it if it can be opened.</summary>
    /// <param name="made">All but what is found out here.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <exception cref="PermanentException">When it is not what the machine said.</exception>
    public async Task<Backup> RecordAsync(Backup made, CancellationToken ct)
    {
        var stored = made.Stored;
        if (!made.Archive.StartsWith(made.Id, StringComparison.Ordinal))
        {
            throw new PermanentException("backup-damaged", "The machine named another archive than the one that it was asked for. Tell the operator.");
        }

        if (await blobs.LookAsync(made.Deployment, made.Archive, ct) is not { } found || found.Bytes < stored.StoredBytes)
        {
            throw new PermanentException("backup-damaged", "The archive did not arrive as a whole. The next backup makes another one.");
        }

        var identity = await IdentityAsync(made.Deployment, ct);
        var header = Open(found.Head, identity);
        var manifest = JsonSerializer.SerializeToUtf8Bytes(
            new BackupManifest(
                made.Id, made.Deployment, made.Reason, made.At, made.Version, made.Image, made.StorageMb, identity.Recipient,
                stored.StoredBytes, stored.StoredSha256, stored.ArchiveBytes, stored.ArchiveSha256, stored.Contents.Files,
                stored.Contents.Bytes, stored.Contents.Sessions, stored.Contents.Memories, In, [.. stored.Contents.Left, Secrets]),
            Json);
        await blobs.PutManifestAsync(made.Deployment, made.Archive, manifest, ct);
        var backup = made with { HeaderBytes = header.Length, ManifestSha256 = Convert.ToHexStringLower(SHA256.HashData(manifest)) };
        await backups.AddAsync(backup, ct);
        return backup;
    }

    /// <summary>For a machine that is to lay the backup beside a deployment's volume.</summary>
    /// <exception cref="PermanentException">When it cannot be opened any more.</exception>
    public async Task<RestoreRequest> RestoreAsync(Backup backup, string deployment, int storageMb, CancellationToken ct)
    {
        var (once, header) = (AgeIdentity.New(), await HeaderAsync(backup, ct));
        return new(
            deployment, backup.Archive, backup.Deployment, await blobs.ReadAddressAsync(backup.Deployment, backup.Archive, ct),
            Convert.ToBase64String(header.For(once.Recipient)), header.Length, once.ToSecret(), backup.Stored.StoredBytes,
            backup.Stored.StoredSha256, backup.Stored.ArchiveBytes, backup.Stored.ArchiveSha256, storageMb);
    }

    /// <summary>For a person, who opens it with a key that was made for this one download.</summary>
    /// <exception cref="PermanentException">When it cannot be opened any more.</exception>
    public async Task<BackupDownload> DownloadAsync(Backup backup, TimeSpan lifetime, CancellationToken ct)
    {
        var (once, header) = (AgeIdentity.New(), await HeaderAsync(backup, ct));
        return new(
            await blobs.DownloadAddressAsync(backup.Deployment, backup.Archive, lifetime, ct),
            Convert.ToBase64String(header.For(once.Recipient)), header.Length, backup.Stored.StoredBytes, once.ToSecret(),
            backup.Stored.ArchiveSha256);
    }

    /// <summary>The archive's beginning, opened. Also finds out that archive and manifest are those that were recorded.</summary>
    /// <exception cref="PermanentException">When they are not.</exception>
    public async Task<AgeHeader> HeaderAsync(Backup backup, CancellationToken ct)
    {
        var manifest = await blobs.FindManifestAsync(backup.Deployment, backup.Archive, ct);
        if (manifest is null || Convert.ToHexStringLower(SHA256.HashData(manifest)) != backup.ManifestSha256)
        {
            throw new PermanentException(
                "backup-damaged", $"The manifest of {backup.Id} {(manifest is null ? "is gone" : "is not the one that was written")}. Choose another backup.");
        }

        return await blobs.LookAsync(backup.Deployment, backup.Archive, ct) is not { } found
            ? throw new PermanentException("backup-gone", $"The archive of {backup.Id} is not in the store any more. Choose another backup.")
            : found.Bytes < backup.Stored.StoredBytes
                ? throw new PermanentException(
                    "backup-damaged", $"{found.Bytes} of {backup.Stored.StoredBytes} bytes of {backup.Id} are in the store. Choose another backup.")
                : Open(found.Head, await IdentityAsync(backup.Deployment, ct));
    }

    /// <summary>Made where no backup is wanted alone: with another one nobody could read those that there are.</summary>
    private async Task<AgeIdentity> EnsureIdentityAsync(string deployment, CancellationToken ct) =>
        await backups.NewestAsync(deployment, ct) is not null ? await IdentityAsync(deployment, ct) : AgeIdentity.Parse(
            await secrets.EnsureAsync(deployment, BotSecretNames.BackupIdentity, () => AgeIdentity.New().ToSecret(), ct));

    private async Task<AgeIdentity> IdentityAsync(string deployment, CancellationToken ct) =>
        await secrets.FindAgainAsync(deployment, BotSecretNames.BackupIdentity, ct) is { } secret
            ? AgeIdentity.Parse(secret)
            : throw new PermanentException(
                "backup-key-gone", "The key that opens this bot's backups is not in the vault any more, so they cannot be read. Tell the operator.");

    private static AgeHeader Open(byte[] head, AgeIdentity identity)
    {
        try
        {
            return AgeHeader.Open(head, identity);
        }
        catch (CryptographicException closed)
        {
            throw new PermanentException("backup-damaged", $"{closed.Message} Choose another backup.");
        }
    }
}
