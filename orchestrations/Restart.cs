using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Deployments;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Launchpad.Orchestrations;

/// <summary>Brings a bot up again in the version that is active, on the machine that holds its volume. What is there is kept; what a
/// reboot took (secrets in memory, the mounted volume, the route) is put back.</summary>
public static class Restart
{
    /// <summary>True when the bot runs again.</summary>
    [Function(nameof(Restart))]
    public static async Task<bool> Run([OrchestrationTrigger] TaskOrchestrationContext context, BotInput input)
    {
        try
        {
            await context.BringUp(input);
            await context.BecomesReady(input);
            await context.RouteBot(input);
            await context.Succeed(input, DeploymentStatus.Running, input.Version);
        }
        catch (TaskFailedException)
        {
            await context.Fail(input);
        }

        return await context.Close(input);
    }
}
