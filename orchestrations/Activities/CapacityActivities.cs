using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Vms;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Steps = Launchpad.Shared.Operations.Steps;

namespace Launchpad.Orchestrations.Activities;

/// <param name="NewVm">What a machine is called if one has to be made.</param>
public sealed record ReserveInput(string Operation, string Account, string Deployment, string NewVm)
    : OperationTarget(Operation, Account, Deployment);

/// <param name="Undoing">True when a saga takes its own step back.</param>
public sealed record ReleaseInput(string Operation, string Account, string Deployment, Tier Tier, bool Undoing)
    : OperationTarget(Operation, Account, Deployment);

/// <param name="Retired">The machine that is not needed any more; null when it stays.</param>
public sealed record Released(string? Retired);

/// <summary>Memory promised on machines, and given back.</summary>
public sealed class CapacityActivities(VmStore vms, DeploymentStore deployments, StepLog steps)
{
    [Function(nameof(ReserveCapacity))]
    public Task<Reservation> ReserveCapacity([ActivityTrigger] ReserveInput input, CancellationToken ct) =>
        steps.RunAsync(input, Steps.Reserve, null, async deployment =>
        {
            var plan = Plan.Get(deployment.Plan);
            var reserved = await vms.ReserveAsync(
                new(input.Account, input.Deployment, deployment.Vm), plan, input.NewVm,
                vm => deployments.ChangeAsync(
                    input.Account, input.Deployment,
                    current => DeploymentStore.HeldBy(current, input.Operation) with { Vm = vm }, ct),
                ct);
            return (reserved, (string?)Tell(reserved, plan));
        }, ct);

    [Function(nameof(ReleaseCapacity))]
    public Task<Released> ReleaseCapacity([ActivityTrigger] ReleaseInput input, CancellationToken ct) =>
        steps.RunAsync(input, input.Undoing ? Steps.UndoReserve : Steps.Release, null, async deployment =>
        {
            var retired = deployment.Vm is { } vm && await vms.ReleaseAsync(input.Tier, vm, input.Deployment, ct);
            return (new Released(retired ? deployment.Vm : null), (string?)(retired ? "The machine is not needed any more." : null));
        }, ct);

    private static string Tell(Reservation reserved, Plan plan) => (reserved.IsNew, reserved.Ready) switch
    {
        (true, _) => plan.Tier is Tier.Dedicated ? "A machine of its own" : "No machine has room: a new one is made",
        (_, false) => "A machine that is just being made has room",
        _ => $"{plan.MemoryMb} MB on {reserved.Vm}",
    };
}

public static class CapacityCalls
{
    extension(TaskOrchestrationContext context)
    {
        public Task<Reservation> ReserveCapacity(ReserveInput input) =>
            context.CallActivityAsync<Reservation>(nameof(CapacityActivities.ReserveCapacity), input, Retry.Store);

        /// <summary>Gives the memory back and deletes the machine when nobody needs it any more.</summary>
        public async Task GiveBack(ReleaseInput input)
        {
            var released = await context.CallActivityAsync<Released>(nameof(CapacityActivities.ReleaseCapacity), input, Retry.Undo);
            if (released.Retired is { } vm)
            {
                await context.DeleteVm(new(input.Tier, vm));
            }
        }
    }
}
