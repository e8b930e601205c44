using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Deployments;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Launchpad.Orchestrations;

/// <summary>Stops a bot and keeps its data and its place: the address goes first, so that it never leads to nothing.</summary>
public static class Suspend
{
    /// <summary>True when the bot is stopped.</summary>
    [Function(nameof(Suspend))]
    public static async Task<bool> Run([OrchestrationTrigger] TaskOrchestrationContext context, BotInput input)
    {
        try
        {
            await context.Unroute(new(input.Operation, input.Account, input.Deployment, input.Tier, Undoing: false));
            await context.StopBot(input);
            await context.Succeed(input, DeploymentStatus.Suspended);
        }
        catch (TaskFailedException)
        {
            await context.Fail(input);
        }

        return await context.Close(input);
    }
}
