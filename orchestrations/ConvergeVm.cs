using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Plans;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Launchpad.Orchestrations;

public sealed record VmInput(Tier Tier, string Vm);

/// <summary>Makes a machine what its row says: there, or gone. It runs under the machine's own id, so there is one of it however many orders
/// wait for the machine, and the end of none of them is its end.</summary>
public static class ConvergeVm
{
    private const int LooksMax = 200;
    private const int QuickLooks = 20;
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Full = TimeSpan.FromSeconds(15);

    [Function(nameof(ConvergeVm))]
    public static async Task<VmProgress> Run([OrchestrationTrigger] TaskOrchestrationContext context, VmInput input)
    {
        for (var look = 0; look < LooksMax; look++)
        {
            var progress = await context.TendVm(input);
            if (progress is VmProgress.Up or VmProgress.Gone)
            {
                return progress;
            }

            var pause = progress is VmProgress.NoCapacity ? Full : look < QuickLooks ? Quick : Slow;
            await context.CreateTimer(pause, CancellationToken.None);
        }

        context.ContinueAsNew(input);
        return VmProgress.Waiting;
    }
}
