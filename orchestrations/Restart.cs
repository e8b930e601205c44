using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Plans;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Launchpad.Orchestrations;

public sealed record RestartInput(string Operation, string Account, string Deployment, Tier Tier, string Vm, int Version,
    DateTime Deadline);

/// <summary>Brings a bot up again in the version that is active, on the machine that holds its volume. What is there is kept; what a
/// reboot took (secrets in memory, the mounted volume, the route) is put back.</summary>
public static class Restart
{
    /// <summary>True when the bot runs again.</summary>
    [Function(nameof(Restart))]
    public static async Task<bool> Run([OrchestrationTrigger] TaskOrchestrationContext context, RestartInput input)
    {
        try
        {
            var bot = new BotInput(input.Operation, input.Account, input.Deployment, input.Tier, input.Vm, input.Version);
            await context.BringUp(bot);
            await context.BecomesReady(bot, input.Deadline);
            await context.RouteBot(bot);
            await context.CompleteProvision(new(input.Operation, input.Account, input.Deployment, input.Version));
            return true;
        }
        catch (TaskFailedException)
        {
            await context.FailOperation(new(input.Operation, input.Account, input.Deployment));
            return false;
        }
    }
}
