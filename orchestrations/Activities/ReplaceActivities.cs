using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Vms;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Steps = Launchpad.Shared.Operations.Steps;

namespace Launchpad.Orchestrations.Activities;

public sealed record TakeForReplacementInput(string Operation, string Account, string Deployment, string Lost);

/// <summary>What it takes to leave a machine that does not exist any more.</summary>
public sealed class ReplaceActivities(
    DeploymentStore deployments, VmStore vms, OperationStore operations, StepLog steps, Bots bots, TimeProvider clock)
{
    private const string By = "sweep";
    internal const string Loss = "Its volume went with the machine: what the bot stored since its last backup is lost.";

    /// <summary>As long as a first provisioning may take: a machine may have to be made.</summary>
    private static readonly TimeSpan ReplaceMax = TimeSpan.FromMinutes(20);

    /// <summary>Null when somebody else has the deployment, or it stands elsewhere by now.</summary>
    [Function(nameof(TakeForReplacement))]
    public async Task<ReplaceInput?> TakeForReplacement([ActivityTrigger] TakeForReplacementInput input, CancellationToken ct)
    {
        var deployment = await Takes.TakeAsync(
            deployments, operations, new(input.Operation, input.Account, input.Deployment),
            current => current is { Operation: null, Status: DeploymentStatus.Running or DeploymentStatus.Failed, ActiveVersion: not null }
                && current.Vm == input.Lost
                    ? current.TakeForRestart(input.Operation, clock, By, OperationKind.Replace)
                    : null,
            taken => Operation(taken, input.Lost),
            ct);
        return deployment is null ? null : Input(deployment, input.Lost);
    }

    /// <summary>Its row and its input are made of what the deployment's row holds, so that a crash between the two loses nothing.</summary>
    public static Operation Operation(Deployment deployment, string lost) => new(
        deployment.Operation!.Id, deployment.Account, deployment.Id, OperationKind.Replace, OperationStatus.Accepted, By,
        deployment.Operation.Since, deployment.Operation.Since + ReplaceMax, Request: lost);

    public static ReplaceInput Input(Deployment deployment, string lost) => new(
        deployment.Operation!.Id, deployment.Account, deployment.Id, Plan.Get(deployment.Plan).Tier, lost,
        deployment.ActiveVersion!.Value, (deployment.Operation.Since + ReplaceMax).UtcDateTime);

    [Function(nameof(LeaveVm))]
    public Task LeaveVm([ActivityTrigger] ReplaceInput input, CancellationToken ct) =>
        steps.RunAsync(input.Operation, Steps.LeaveVm, null, async () =>
        {
            await deployments.GetHeldAsync(input.Account, input.Deployment, input.Operation, ct);
            if (await vms.FindAsync(input.Tier, input.Lost, ct) is not null)
            {
                await vms.ChangeAsync(input.Tier, input.Lost, vm => vm.Without(input.Deployment), ct);
            }

            return $"The cloud does not have {input.Lost} any more.";
        }, ct);

    /// <summary>Where a backup will be brought back to the new machine, before the bot first starts there. There are no backups yet, and
    /// the step says so.</summary>
    [Function(nameof(RestoreVolume))]
    public Task RestoreVolume([ActivityTrigger] BotInput input, CancellationToken ct) =>
        steps.RunAsync(input.Operation, Steps.Restore, null, async () =>
        {
            await deployments.GetHeldAsync(input.Account, input.Deployment, input.Operation, ct);
            return $"There is no backup: the bot starts with an empty volume. {Loss}";
        }, ct);

    [Function(nameof(CompleteReplace))]
    public Task CompleteReplace([ActivityTrigger] BotInput input, CancellationToken ct) =>
        steps.RunAsync(input.Operation, Steps.Complete, null, async () =>
        {
            var live = await deployments.ChangeAsync(
                input.Account, input.Deployment,
                current => current is { Operation: null, Status: DeploymentStatus.Running } && current.LastOperation == input.Operation
                    ? null
                    : DeploymentStore.HeldBy(current, input.Operation).Live(input.Version),
                ct);
            if (await operations.FindAsync(input.Account, input.Operation, ct) is { } operation)
            {
                await operations.SaveAsync(
                    operation with
                    {
                        Status = OperationStatus.Succeeded,
                        FinishedAt = operation.FinishedAt ?? clock.GetUtcNow(),
                        Result = $"{bots.Url(live)} runs on another machine. {Loss}",
                    },
                    ct);
            }

            return $"Config version {input.Version} is active on {input.Vm}.";
        }, ct);
}

public static class ReplaceCalls
{
    extension(TaskOrchestrationContext context)
    {
        public Task<ReplaceInput?> TakeForReplacement(TakeForReplacementInput input) =>
            context.CallActivityAsync<ReplaceInput?>(nameof(ReplaceActivities.TakeForReplacement), input, Retry.Store);

        public Task LeaveVm(ReplaceInput input) => context.CallActivityAsync(nameof(ReplaceActivities.LeaveVm), input, Retry.Store);

        public Task RestoreVolume(BotInput input) =>
            context.CallActivityAsync(nameof(ReplaceActivities.RestoreVolume), input, Retry.Machine);

        public Task CompleteReplace(BotInput input) =>
            context.CallActivityAsync(nameof(ReplaceActivities.CompleteReplace), input, Retry.Store);
    }
}
