using Launchpad.Orchestrations.Activities;
using Launchpad.Shared;
using Launchpad.Shared.Plans;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Launchpad.Orchestrations;

/// <summary>Looks at every machine and restarts the bots that should run there and do not. <see cref="Recover"/> took its place: it is not
/// started any more, and stays for those that were in flight.</summary>
public static class HealthSweep
{
    /// <summary>How many were restarted.</summary>
    [Function(nameof(HealthSweep))]
    public static async Task<int> Run([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var restarted = 0;
        foreach (var vm in await context.ListVms())
        {
            foreach (var bot in await context.FindDown(vm))
            {
                var operation = Ids.From(Ids.Operation, context.CurrentUtcDateTime, context.NewGuid());
                if (await context.TakeForRestart(new(operation, bot.Account, bot.Deployment)) is { } input)
                {
                    await context.CallSubOrchestratorAsync<bool>(
                        nameof(Restart), input, new SubOrchestrationOptions(instanceId: operation));
                    restarted++;
                }
            }
        }

        return restarted;
    }
}
