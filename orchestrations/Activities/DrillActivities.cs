using Launchpad.Shared;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Vms;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Steps = Launchpad.Shared.Operations.Steps;

namespace Launchpad.Orchestrations.Activities;

/// <param name="Backup">Which is tried; null while none is chosen.</param>
/// <param name="BegunAt">UTC.</param>
public sealed record DrillInput(BotInput Bot, string? Backup, DateTime BegunAt);

/// <summary>A backup in a place of its own, where nothing that it does can reach the bot.</summary>
public sealed class DrillActivities(BackupStore backups, BackupKeeper keeper, MachineJobs machine)
{
    [Function(nameof(FetchForDrill))]
    public Task<Unfinished?> FetchForDrill([ActivityTrigger] Look<DrillInput> look, CancellationToken ct)
    {
        var (bot, candidate) = (look.Of.Bot, Bots.CandidateOf(look.Of.Bot.Deployment));
        return machine.LookAsync(look, bot, Steps.Fetch, "Fetched, decrypted and compared.", async (deployment, job) =>
        {
            var backup = await backups.GetAsync(deployment.Id, look.Of.Backup!, ct);
            return look.Stage == 0
                ? await job.RunAsync(
                    VmVerb.Restore, () => keeper.RestoreAsync(backup, candidate, backup.StorageMb, ct),
                    (RestoreResult fetched) => Task.FromResult(Compared(backup, fetched)), ct)
                : await job.RunAsync(
                    VmVerb.Volume, new VolumeRequest(candidate, VolumeAction.Bring, Backup: backup.Archive),
                    (VolumeResult _) => Looked.Done(
                        $"{backup.Stored.Contents.Files} files, {backup.Stored.Contents.Sessions ?? 0} conversations, "
                        + $"{backup.Stored.Contents.Memories ?? 0} memories: as the manifest says."), ct);
        }, ct);
    }

    private static Looked Compared(Backup backup, RestoreResult fetched)
    {
        var (said, found) = (backup.Stored.Contents, fetched.Contents);
        return (said.Files, said.Bytes, said.Sessions, said.Memories) == (found.Files, found.Bytes, found.Sessions, found.Memories)
            ? Looked.Then(1)
            : throw new PermanentException(
                "backup-damaged",
                $"The manifest says {said.Files} files of {said.Bytes} bytes, {said.Sessions} conversations and {said.Memories} memories; "
                + $"the archive has {found.Files} of {found.Bytes}, {found.Sessions} and {found.Memories}.");
    }
}

/// <summary>The begin and the end of a drill.</summary>
public sealed class DrillOutcomes(BackupStore backups, DrillRecords records, CandidatePlace place, StepLog steps)
{
    [Function(nameof(ChooseBackup))]
    public Task<string> ChooseBackup([ActivityTrigger] BotInput input, CancellationToken ct) =>
        steps.RunAsync(input, Steps.Choose, null, async deployment =>
            await backups.NewestAsync(deployment.Id, ct) is { } newest
                ? (newest.Id, (string?)$"{newest.Id} of {newest.At:u}.")
                : throw new PermanentException("no-backup", "There is no backup yet that could be tried."), ct);

    /// <summary>Without room there is no drill, which says nothing about the backup.</summary>
    [Function(nameof(ReserveDrill))]
    public Task ReserveDrill([ActivityTrigger] BotInput input, CancellationToken ct) =>
        steps.RunAsync(input, Steps.Room, null, async _ => await place.ReserveAsync(input, ct)
            ? $"{Bots.CandidateMemoryMb} MB beside the bot."
            : throw new PermanentException("no-room", "The machine has no room to bring the bot up a second time."), ct);

    /// <summary>Says what was found, whatever that is. Where the drill could not be done nothing was found.</summary>
    [Function(nameof(CertifyDrill))]
    public Task CertifyDrill([ActivityTrigger] DrillInput input, CancellationToken ct) =>
        steps.RunAsync(input.Bot, Steps.CertifyDrill, null, async _ => await records.AddAsync(input, ct), ct);
}

/// <summary>What is remembered of a drill, and who is told.</summary>
public sealed class DrillRecords(OperationStore operations, BackupStore backups, DrillCertificates certificates, DrillVerdicts verdicts)
{
    /// <summary>Steps whose failure says that the backup does not bring the bot up.</summary>
    private static readonly Step[] Proofs = [Steps.Fetch, Steps.StartCandidate, Steps.Candidate, Steps.Canary];

    /// <returns>In words.</returns>
    public async Task<string> AddAsync(DrillInput input, CancellationToken ct)
    {
        operations.Remember(input.Bot);
        var taken = await operations.StepsAsync(input.Bot.Operation, ct);
        var checks = Proofs.Select(proof => taken.FirstOrDefault(step => step.Name == proof.Name)).OfType<OperationStep>()
            .Where(step => step.Status is StepStatus.Done || IsVerdict(step)).ToList();
        var passed = checks.Count(step => step.Status is StepStatus.Done) == Proofs.Length;
        var isFound = passed || checks.Exists(step => step.Status is StepStatus.Failed);
        if (!isFound || input.Backup is not { } id || await backups.FindAsync(input.Bot.Deployment, id, ct) is not { } backup)
        {
            return "Nothing was found out: the drill could not be done. It is tried again tomorrow.";
        }

        var begun = new DateTimeOffset(input.BegunAt, TimeSpan.Zero);
        var answered = checks[^1];
        var certificate = new DrillCertificate(
            input.Bot.Deployment, id, input.Bot.Operation, begun, passed,
            passed ? (long)(answered.StartedAt - begun).TotalMilliseconds + (answered.DurationMs ?? 0) : null,
            (long)(begun - backup.At).TotalMilliseconds, backup.Stored.ArchiveSha256, backup.Stored.StoredSha256,
            [.. checks.Select(step => new DrillCheck(step.Name, step.Status is StepStatus.Done, step.Detail))]);
        await certificates.AddAsync(certificate, ct);
        await verdicts.TellAsync(backup.Account, certificate, ct);
        return passed
            ? $"Up and answering after {certificate.RestoredInMs} ms, with data that were {certificate.DataAgeMs / 1000} s old."
            : "It did not come up. No older backup is deleted until a drill passes.";
    }

    /// <summary>That a machine did not answer, or that somebody stopped the drill, is nothing that is wrong with a backup.</summary>
    private static bool IsVerdict(OperationStep step) => step.Status is StepStatus.Failed && step.Code is
        "backup-damaged" or "backup-key-gone" or "candidate-failed" or "candidate-silent" or "took-too-long"
        or VmErrorCode.StartFailed or VmErrorCode.BotFailed or VmErrorCode.NotRunning;
}

/// <summary>What follows from a drill.</summary>
public sealed class DrillVerdicts(BackupStore backups, BackupClocks clocks, NextBackups next, Pager pager)
{
    public async Task TellAsync(string account, DrillCertificate drill, CancellationToken ct)
    {
        await clocks.EnsureAsync(account, drill.Deployment, ct);
        await clocks.UpdateAsync(drill.Deployment, known => next.Drilled(known, drill.Ok), ct);
        if (!drill.Ok)
        {
            await pager.RaiseAsync(
                PageKind.DrillFailed, drill.Deployment,
                $"It did not come up from {drill.Backup}: {drill.Checks.First(check => !check.Ok).Detail} Operation: {drill.Operation}.", ct);
            return;
        }

        await backups.ChangeAsync(drill.Deployment, drill.Backup, backup => backup with { ProvenAt = drill.At }, ct);
        await pager.ResolveAsync(PageKind.DrillFailed, drill.Deployment, ct);
    }
}

public static class DrillCalls
{
    extension(TaskOrchestrationContext context)
    {
        public Task<string> ChooseBackup(BotInput bot) =>
            context.CallActivityAsync<string>(nameof(DrillOutcomes.ChooseBackup), bot, Retry.Store);

        public Task ReserveDrill(BotInput bot) => context.CallActivityAsync(nameof(DrillOutcomes.ReserveDrill), bot, Retry.Store);

        public Task FetchForDrill(DrillInput drill) => context.Finish(nameof(DrillActivities.FetchForDrill), drill, Retry.Machine);

        public Task Certify(DrillInput drill) => context.CallActivityAsync(nameof(DrillOutcomes.CertifyDrill), drill, Retry.Undo);
    }
}
