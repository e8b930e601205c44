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
        var target = new DeploymentInput(input.Operation, input.Account, input.Deployment);
        try
        {
            await context.Unroute(new(input.Operation, input.Account, input.Deployment, input.Tier, Undoing: false));
            await context.StopBot(input);
            await context.CompleteSuspend(new(input.Operation, input.Account, input.Deployment, DeploymentStatus.Suspended));
            return true;
        }
        catch (TaskFailedException)
        {
            await context.FailOperation(target);
            return false;
        }
    }
}
