using System.Diagnostics;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using Launchpad.Shared;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Vms;

namespace Launchpad.Functions.Tests.Api;

/// <summary>A backup of a bot as a machine makes one, by the same programs.</summary>
internal static class ArchivedBot
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    /// <summary>Its id, and what only the archive holds, in workspace/diary.md.</summary>
    public static async Task<(string Backup, string Canary)> BackedUpAsync(LaunchpadApi api, RunningBot bot)
    {
        var versions = api.Service<ConfigVersionStore>();
        var version = await versions.GetAsync(bot.Id, 1, Ct);
        var image = $"registry.invalid/launchpad/bot@sha256:{new string('a', 64)}";
        await versions.TryAddAsync(version with { Number = 2, State = version.State with { Image = image } }, Ct);

        var canary = $"canary-{Guid.NewGuid():N}";
        var operation = Ids.New(Ids.Operation, TimeProvider.System);
        var keeper = api.Service<BackupKeeper>();
        var asked = await keeper.RequestAsync(bot.Id, Backup.IdOf(operation), Ct);
        var (archive, tar) = await PackedAsync(canary, asked.Recipient);
        var blob = api.Service<BlobServiceClient>().GetBlobContainerClient(BackupBlobs.Container)
            .GetAppendBlobClient($"{bot.Id}/{asked.Backup}");
        await blob.CreateAsync(cancellationToken: Ct);
        await blob.AppendBlockAsync(new MemoryStream(archive), cancellationToken: Ct);
        var stored = new BackupResult(
            asked.Backup, DateTimeOffset.UtcNow, archive.Length, Sha256(archive), tar.Length, Sha256(tar),
            new(2, canary.Length, null, null, []), 0, 0);
        var made = await keeper.RecordAsync(
            new(Backup.IdOf(operation), bot.Account, bot.Id, BackupReason.Asked, operation, asked.Backup, 2, image, 64, 0, stored, ""), Ct);
        return (made.Id, canary);
    }

    private static async Task<(byte[] Archive, byte[] Tar)> PackedAsync(string canary, string recipient)
    {
        var folder = Directory.CreateTempSubdirectory("launchpad-archive-");
        var data = folder.CreateSubdirectory("data");
        await File.WriteAllTextAsync(Path.Combine(data.CreateSubdirectory("workspace").FullName, "diary.md"), canary, Ct);
        await File.WriteAllTextAsync(Path.Combine(data.FullName, "tool"), "#!/bin/sh\n", Ct);
        File.SetUnixFileMode(Path.Combine(data.FullName, "tool"), UnixFileMode.SetUser | UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var (tar, archive) = (Path.Combine(folder.FullName, "tar"), Path.Combine(folder.FullName, "age"));
        await RunAsync("tar", "-cf", tar, "-C", data.FullName, ".");
        await RunAsync("zstd", "-q", tar, "-o", tar + ".zst");
        await RunAsync("age", "-r", recipient, "-o", archive, tar + ".zst");
        var packed = (await File.ReadAllBytesAsync(archive, Ct), await File.ReadAllBytesAsync(tar, Ct));
        folder.Delete(recursive: true);
        return packed;
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync(Ct);
        Assert.Equal(0, process.ExitCode);
    }

    private static string Sha256(byte[] bytes) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));
}
