using Launchpad.Shared.Backups;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Vms;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Steps = Launchpad.Shared.Operations.Steps;

namespace Launchpad.Orchestrations.Activities;

/// <param name="Backup">Of the same bot.</param>
public sealed record RestoreInput(BotInput Bot, string Backup);

/// <summary>A backup beside the bot that runs, from where it is tried and takes the place of what is there.</summary>
public sealed class RestoreActivities(BackupStore backups, BackupKeeper keeper, MachineJobs machine)
{
    [Function(nameof(FetchBackup))]
    public Task<Unfinished?> FetchBackup([ActivityTrigger] Look<RestoreInput> look, CancellationToken ct) =>
        machine.LookAsync(look, look.Of.Bot, Steps.Fetch, "The bot goes on meanwhile.", async (deployment, job) =>
        {
            var backup = await backups.GetAsync(deployment.Id, look.Of.Backup, ct);
            var storageMb = Plan.Get(deployment.Plan).StorageMb;
            return await job.RunAsync(
                VmVerb.Restore, () => keeper.RestoreAsync(backup, deployment.Id, storageMb, ct),
                (RestoreResult fetched) => Task.FromResult(Looked.Done(
                    $"{fetched.Contents.Files} files of {backup.At:u}{(fetched.Fetched ? "" : ", from the machine itself")}.")), ct);
        }, ct);

    [Function(nameof(CopyFetchedVolume))]
    public Task<Unfinished?> CopyFetchedVolume([ActivityTrigger] Look<RestoreInput> look, CancellationToken ct) =>
        VolumeAsync(
            look, Steps.CopyVolume,
            (deployment, archive) => new(deployment.Id, VolumeAction.Copy, Bots.CandidateOf(deployment.Id), Backup: archive),
            copied => $"The {copied.UsedMb} MB of the backup.", ct);

    [Function(nameof(BringBackup))]
    public Task<Unfinished?> BringBackup([ActivityTrigger] Look<RestoreInput> look, CancellationToken ct) =>
        VolumeAsync(
            look, Steps.Switch,
            (deployment, archive) => new(deployment.Id, VolumeAction.Bring, Of: deployment.ActiveVersion, Backup: archive),
            brought => $"The {brought.UsedMb} MB of the backup; what was there now is kept.", ct);

    [Function(nameof(DiscardBackup))]
    public Task<Unfinished?> DiscardBackup([ActivityTrigger] Look<RestoreInput> look, CancellationToken ct) =>
        machine.LookAsync(look, look.Of.Bot, Steps.Discard, null, (deployment, job) => job.RunAsync(
            VmVerb.Volume, new VolumeRequest(deployment.Id, VolumeAction.Discard), (VolumeResult _) => Looked.Done(), ct), ct);

    private Task<Unfinished?> VolumeAsync(
        Look<RestoreInput> look, Step step, Func<Deployment, string, VolumeRequest> request, Func<VolumeResult, string> tell,
        CancellationToken ct) =>
        machine.LookAsync(look, look.Of.Bot, step, null, async (deployment, job) =>
        {
            var archive = (await backups.GetAsync(deployment.Id, look.Of.Backup, ct)).Archive;
            return await job.RunAsync(VmVerb.Volume, request(deployment, archive), (VolumeResult result) => Looked.Done(tell(result)), ct);
        }, ct);
}

public static class RestoreCalls
{
    extension(TaskOrchestrationContext context)
    {
        public Task FetchBackup(RestoreInput input) => context.Finish(nameof(RestoreActivities.FetchBackup), input, Retry.Machine);

        public Task CopyFetchedVolume(RestoreInput input) =>
            context.Finish(nameof(RestoreActivities.CopyFetchedVolume), input, Retry.Machine);

        public Task BringBackup(RestoreInput input) => context.Finish(nameof(RestoreActivities.BringBackup), input, Retry.Machine);

        public Task DiscardBackup(RestoreInput input) => context.Finish(nameof(RestoreActivities.DiscardBackup), input, Retry.Undo);
    }
}
