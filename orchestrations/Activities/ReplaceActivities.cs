using Launchpad.Orchestrations.Definitions;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Vms;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Steps = Launchpad.Shared.Operations.Steps;

namespace Launchpad.Orchestrations.Activities;

/// <summary>What it takes to leave a machine that does not exist any more.</summary>
public sealed class ReplaceActivities(VmStore vms, StepLog steps)
{
    [Function(nameof(LeaveVm))]
    public Task LeaveVm([ActivityTrigger] BotInput input, CancellationToken ct) =>
        steps.RunAsync(input, Steps.LeaveVm, null, async _ =>
        {
            if (await vms.FindAsync(input.Tier, input.Vm, ct) is { } vm)
            {
                // An earlier attempt has a place for it, and nothing is there yet.
                if (vm.Status is not VmStatus.Retiring)
                {
                    return $"It has its place on {input.Vm} already.";
                }

                await vms.ChangeAsync(input.Tier, input.Vm, now => now.Without(input.Deployment), ct);
            }

            return $"The cloud does not have {input.Vm} any more.";
        }, ct);
}

/// <summary>A backup on a machine that has nothing of the bot yet.</summary>
public sealed class ReturnActivities(BackupStore backups, BackupKeeper keeper, Returned returned, MachineJobs machine)
{
    /// <summary>Before the bot first starts there. One without a backup starts with nothing, and the step says so.</summary>
    [Function(nameof(RestoreVolume))]
    public Task<Unfinished?> RestoreVolume([ActivityTrigger] Look<BotInput> look, CancellationToken ct) =>
        machine.LookAsync(look, look.Of, Steps.Restore, "The newest backup is fetched.", async (deployment, job) =>
        {
            if (await backups.NewestAsync(deployment.Id, ct) is not { } newest)
            {
                await returned.SayAsync(look.Of, null, ct);
                return Looked.Done($"There is no backup: the bot starts with an empty volume. {ReplaceDefinition.Loss}");
            }

            return await BringAsync(look, deployment, newest, job, async () =>
            {
                await returned.SayAsync(look.Of, $"It has what it knew at {newest.At:u}; what came after that went with the machine.", ct);
                return $"{newest.Id} of {newest.At:u}: what the bot stored after that is lost.";
            }, ct);
        }, ct);

    /// <summary>What another bot of the same owner knew, for one that starts for the first time.</summary>
    [Function(nameof(BringOrigin))]
    public Task<Unfinished?> BringOrigin([ActivityTrigger] Look<BotInput> look, CancellationToken ct) =>
        machine.LookAsync(look, look.Of, Steps.Restore, "The backup of the other bot is fetched.", async (deployment, job) =>
        {
            var backup = await backups.GetAsync(deployment.Origin!.Deployment, deployment.Origin.Backup, ct);
            return await BringAsync(
                look, deployment, backup, job, () => Task.FromResult($"What {backup.Deployment} knew at {backup.At:u}."), ct);
        }, ct);

    private async Task<Looked> BringAsync(
        Look<BotInput> look, Deployment deployment, Backup backup, MachineJob job, Func<Task<string>> tell, CancellationToken ct) =>
        look.Stage == 0
            ? await job.RunAsync(
                VmVerb.Restore, () => keeper.RestoreAsync(backup, deployment.Id, Plan.Get(deployment.Plan).StorageMb, ct),
                (RestoreResult _) => Task.FromResult(Looked.Then(1)), ct)
            : await job.RunAsync(
                VmVerb.Volume, () => Task.FromResult(new VolumeRequest(deployment.Id, VolumeAction.Bring, Backup: backup.Archive)),
                async (VolumeResult _) => Looked.Done(await tell()), ct);
}

/// <summary>What is remembered of a bot whose data were brought to another machine.</summary>
public sealed class Returned(OperationStore operations, DeploymentStore deployments)
{
    /// <param name="bot">It may start from here on.</param>
    /// <param name="what">Which data they are, in words; null for none.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task SayAsync(BotInput bot, string? what, CancellationToken ct)
    {
        if (what is not null && await operations.FindAsync(bot.Account, bot.Operation, ct) is { } operation)
        {
            await operations.SaveAsync(operation with { Result = what }, ct);
        }

        await deployments.ChangeAsync(
            bot.Account, bot.Deployment,
            now => DeploymentStore.HeldBy(now, bot.Operation).NeedsData ? now with { NeedsData = false } : null, ct);
    }
}

public static class ReplaceCalls
{
    extension(TaskOrchestrationContext context)
    {
        public Task LeaveVm(BotInput input) => context.CallActivityAsync(nameof(ReplaceActivities.LeaveVm), input, Retry.Store);

        public Task BringOrigin(BotInput input) => context.Finish(nameof(ReturnActivities.BringOrigin), input, Retry.Machine);

        public Task RestoreVolume(BotInput input) => context.Finish(nameof(ReturnActivities.RestoreVolume), input, Retry.Machine);
    }
}
