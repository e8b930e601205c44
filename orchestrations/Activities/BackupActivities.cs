using System.Text.Json.Serialization;
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

/// <param name="Id">What the backup is called; null for the one that its operation makes.</param>
public sealed record BackupInput(BotInput Bot, BackupReason Reason, string? Id = null)
{
    [JsonIgnore]
    public string Backup => Id ?? Shared.Backups.Backup.IdOf(Bot.Operation);
}

/// <summary>A bot's data into the store, while it goes on.</summary>
public sealed class BackupActivities(MachineJobs machine, BackupKeeper keeper, BackupRecords records, BackupPruning pruning)
{
    private const string Reason = "The bot goes on; only what it writes waits for a moment.";

    [Function(nameof(TakeBackup))]
    public Task<Unfinished?> TakeBackup([ActivityTrigger] Look<BackupInput> look, CancellationToken ct) =>
        TakeAsync(look, Steps.Backup, Reason, ct);

    /// <summary>Of a bot that was stopped for it.</summary>
    [Function(nameof(TakeLastBackup))]
    public Task<Unfinished?> TakeLastBackup([ActivityTrigger] Look<BackupInput> look, CancellationToken ct) =>
        TakeAsync(look, Steps.LastBackup, null, ct);

    private Task<Unfinished?> TakeAsync(Look<BackupInput> look, Step step, string? waits, CancellationToken ct)
    {
        var input = look.Of;
        return machine.LookAsync(look, input.Bot, step, waits, (deployment, job) => job.RunAsync(
            VmVerb.Backup, () => keeper.RequestAsync(deployment.Id, input.Backup, ct),
            async (BackupResult made) =>
            {
                var (backup, clock) = await records.AddAsync(deployment, input, made, ct);
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
    public async Task<(Backup Backup, BackupClock Clock)> AddAsync(
        Deployment deployment, BackupInput input, BackupResult made, CancellationToken ct)
    {
        var bot = input.Bot;
        var version = await versions.GetAsync(deployment.Id, deployment.ActiveVersion ?? bot.Version, ct);
        made = made with { At = next.MadeAt(made.At, Ids.TimeOf(bot.Operation)) };
        var backup = await keeper.RecordAsync(
            new(
                input.Backup, deployment.Account, deployment.Id, input.Reason, bot.Operation, made.Backup, version.Number,
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

        /// <param name="id">What it is called: another one than the operation's first.</param>
        public Task TakeLastBackup(BotInput bot, string id) => context.Finish(
            nameof(BackupActivities.TakeLastBackup), new BackupInput(bot, BackupReason.Move, id), Retry.Machine);
    }
}
