using Launchpad.Orchestrations.Activities;
using Launchpad.Shared;
using Launchpad.Shared.Plans;
using Microsoft.DurableTask;

namespace Launchpad.Orchestrations;

/// <summary>Finds a bot its machine.</summary>
public static class Placing
{
    private const int PlacementsMax = 3;

    /// <summary>Reserves room. Where none is left a machine is made; who finds one still being made waits for it, and looks again when
    /// it went.</summary>
    public static async Task<string> Place(this TaskOrchestrationContext context, DeploymentInput input, Tier tier, DateTime deadline)
    {
        for (var attempt = 1; ; attempt++)
        {
            var name = Ids.From(Ids.Vm, context.CurrentUtcDateTime, context.NewGuid());
            var reserved = await context.ReserveCapacity(new(input.Operation, input.Account, input.Deployment, name));
            var vm = new VmInput(input.Operation, tier, reserved.Vm);
            if (reserved.Create)
            {
                await context.CreateVm(vm, input, deadline);
            }

            if (reserved.Ready || await context.VmComesUp(vm, reserved.Create, deadline) || attempt == PlacementsMax)
            {
                return reserved.Vm;
            }
        }
    }
}
