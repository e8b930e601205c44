using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Deployments;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Launchpad.Orchestrations;

/// <summary>Brings a bot up again that was stopped on purpose, or leaves it stopped: it never runs while it counts as suspended.</summary>
public static class Resume
{
    /// <summary>True when the bot runs again.</summary>
    [Function(nameof(Resume))]
    public static async Task<bool> Run([OrchestrationTrigger] TaskOrchestrationContext context, BotInput input)
    {
        var undo = new Undo();
        try
        {
            undo.With(() => context.StopAgain(input));
            await context.BringUp(input);
            await context.BecomesReady(input);
            undo.With(() => context.Unroute(new(input.Operation, input.Account, input.Deployment, input.Tier, Undoing: true)));
            await context.RouteBot(input);
            await context.Succeed(input, DeploymentStatus.Running, input.Version);
        }
        catch (TaskFailedException)
        {
            await undo.Run();
            await context.Fail(input);
        }

        return await context.Close(input);
    }
}
