using Launchpad.Shared;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Vms;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Steps = Launchpad.Shared.Operations.Steps;

namespace Launchpad.Orchestrations.Activities;

public sealed record BackupInput(BotInput Bot, BackupReason Reason);

/// <summary>A bot's data into the store, while it goes on.</summary>
public sealed class BackupActivities(MachineJobs machine, BackupKeeper keeper, BackupRecords records, BackupPruning pruning)
{
    private const string Reason = "The bot goes on; only what it writes waits for a moment.";

    [Function(nameof(TakeBackup))]
    public Task<Unfinished?> TakeBackup([ActivityTrigger] Look<BackupInput> look, CancellationToken ct)
    {
        var (bot, reason) = (look.Of.Bot, look.Of.Reason);
        return machine.LookAsync(look, bot, Steps.Backup, Reason, (deployment, job) => job.RunAsync(
            VmVerb.Backup, () => keeper.RequestAsync(deployment.Id, Backup.IdOf(bot.Operation), ct),
            async (BackupResult made) =>
            {
                var (backup, clock) = await records.AddAsync(deployment, bot, reason, made, ct);
                await pruning.RunAsync(deployment.Id, Plan.Get(deployment.Plan), clock.DrillFailed, ct);
                return Looked.Done(Told(backup));
            }, ct), ct);
    }

    private static string Told(Backup backup)
    {
        var (stored, contents) = (backup.Stored, backup.Stored.Contents);
        var paused = stored.StoppedMs > 0
            ? $"The bot was away for {stored.StoppedMs} ms."
            : $"The bot went on, and waited {stored.HeldMs} ms to write.";
        return $"{backup.Id}: {contents.Files} files of {contents.Bytes >> 20} MB as {stored.StoredBytes >> 10} KB. {paused}";
    }
}

/// <summary>What is remembered of a backup that a machine has made.</summary>
public sealed class BackupRecords(BackupKeeper keeper, BackupClocks clocks, ConfigVersionStore versions, NextBackups next)
{
    /// <returns>It, and the clock as it stands from now on.</returns>
    public async Task<(Backup Backup, BackupClock Clock)> AddAsync(Deployment deployment, BotInput bot, BackupReason reason, BackupResult made, CancellationToken ct)
    {
        var version = await versions.GetAsync(deployment.Id, deployment.ActiveVersion ?? bot.Version, ct);
        var backup = await keeper.RecordAsync(
            new(
                Backup.IdOf(bot.Operation), deployment.Account, deployment.Id, reason, bot.Operation, made.Backup, version.Number,
                version.State.Image, Plan.Get(version.State.Plan).StorageMb, HeaderBytes: 0, made, ManifestSha256: ""),
            ct);
        await clocks.EnsureAsync(deployment.Account, deployment.Id, ct);
        return (backup, await clocks.UpdateAsync(deployment.Id, known => next.After(known, backup), ct));
    }
}

public static class BackupCalls
{
    extension(TaskOrchestrationContext context)
    {
        public Task TakeBackup(BotInput bot, BackupReason reason) =>
            context.Finish(nameof(BackupActivities.TakeBackup), new BackupInput(bot, reason), Retry.Machine);
    }
}
