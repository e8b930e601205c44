using Launchpad.Orchestrations.Activities;
using Launchpad.Shared;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Microsoft.DurableTask;

namespace Launchpad.Orchestrations;

/// <summary>Finds a bot its machine.</summary>
public static class Placing
{
    private const int PlacementsMax = 3;

    /// <summary>Reserves room. Where none is left a machine is made, for whoever comes to wait for it; one that goes away before it is up
    /// is looked for again.</summary>
    public static async Task<string> Place(this TaskOrchestrationContext context, OperationTarget target, Tier tier, DateTime deadline)
    {
        for (var attempt = 1; ; attempt++)
        {
            var name = Ids.From(Ids.Vm, context.CurrentUtcDateTime, context.NewGuid());
            var reserved = await context.ReserveCapacity(new(target.Operation, target.Account, target.Deployment, name));
            if (reserved.Ready || await context.VmComesUp(target, new(tier, reserved.Vm), deadline, isLast: attempt == PlacementsMax))
            {
                return reserved.Vm;
            }
        }
    }
}
