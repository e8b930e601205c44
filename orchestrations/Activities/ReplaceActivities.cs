using Launchpad.Orchestrations.Definitions;
using Launchpad.Shared.Operations;
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
            if (await vms.FindAsync(input.Tier, input.Vm, ct) is not null)
            {
                await vms.ChangeAsync(input.Tier, input.Vm, vm => vm.Without(input.Deployment), ct);
            }

            return $"The cloud does not have {input.Vm} any more.";
        }, ct);

    /// <summary>Where a backup will be brought back to the new machine, before the bot first starts there. There are no backups yet, and
    /// the step says so.</summary>
    [Function(nameof(RestoreVolume))]
    public Task RestoreVolume([ActivityTrigger] BotInput input, CancellationToken ct) =>
        steps.RunAsync(
            input, Steps.Restore, null,
            _ => Task.FromResult<string?>($"There is no backup: the bot starts with an empty volume. {ReplaceDefinition.Loss}"), ct);
}

public static class ReplaceCalls
{
    extension(TaskOrchestrationContext context)
    {
        public Task LeaveVm(BotInput input) => context.CallActivityAsync(nameof(ReplaceActivities.LeaveVm), input, Retry.Store);

        public Task RestoreVolume(BotInput input) =>
            context.CallActivityAsync(nameof(ReplaceActivities.RestoreVolume), input, Retry.Machine);
    }
}
