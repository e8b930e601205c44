using Launchpad.Orchestrations.Activities;
using Launchpad.Shared;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Vms;
using Microsoft.DurableTask;

namespace Launchpad.Orchestrations;

/// <summary>Finds a bot its machine.</summary>
public static class Placing
{
    private const int PlacementsMax = 3;

    public static Task<string> Place(this TaskOrchestrationContext context, OperationTarget target, Tier tier, DateTime deadline) =>
        context.Reserve(
            target, tier, deadline, name => context.ReserveCapacity(new(target.Operation, target.Account, target.Deployment, name)));

    /// <summary>On any machine but its own.</summary>
    public static Task<string> PlaceElsewhere(this TaskOrchestrationContext context, MoveInput move) =>
        context.Reserve(move, move.To, move.Deadline, name => context.ReserveElsewhere(new(move.Operation, move.Account, move.Deployment, move, name)));

    /// <summary>Reserves room. Where none is left a machine is made, for whoever comes to wait for it; one that goes away before it is up
    /// is looked for again.</summary>
    private static async Task<string> Reserve(
        this TaskOrchestrationContext context, OperationTarget target, Tier tier, DateTime deadline, Func<string, Task<Reservation>> reserve)
    {
        for (var attempt = 1; ; attempt++)
        {
            var name = Ids.From(Ids.Vm, context.CurrentUtcDateTime, context.NewGuid());
            var reserved = await reserve(name);
            if (reserved.Ready || await context.VmComesUp(target, new(tier, reserved.Vm), deadline, isLast: attempt == PlacementsMax))
            {
                return reserved.Vm;
            }
        }
    }
}
