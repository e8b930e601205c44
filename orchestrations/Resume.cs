using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
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
            await ComesUp(context, input, undo);
        }
        catch (TaskFailedException)
        {
            await context.Fail(input, await undo.Run());
        }

        return await context.Close(input);
    }

    /// <param name="undo">Is given what stops it again.</param>
    internal static async Task ComesUp(TaskOrchestrationContext context, BotInput bot, Undo undo)
    {
        undo.With(Steps.UndoStart, () => context.StopAgain(bot));
        await context.BringUp(bot);
        await context.BecomesReady(bot);
        undo.With(Steps.UndoRoute, () => context.Unroute(new(bot.Operation, bot.Account, bot.Deployment, bot.Tier, Undoing: true)));
        await context.RouteBot(bot);
        await context.Succeed(bot, DeploymentStatus.Running, bot.Version);
    }
}
