using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Deployments;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Launchpad.Orchestrations;

/// <summary>Brings a bot up on another machine, in the version that is active, because its own machine is lost. Its volume was lost with
/// it, and everybody who reads about this operation is told so.</summary>
public static class Replace
{
    /// <param name="context">Of the saga.</param>
    /// <param name="input">The bot on the machine that is lost.</param>
    /// <returns>True when the bot runs again.</returns>
    [Function(nameof(Replace))]
    public static async Task<bool> Run([OrchestrationTrigger] TaskOrchestrationContext context, BotInput input)
    {
        try
        {
            await context.LeaveVm(input);
            var bot = input with { Vm = await context.Place(input, input.Tier, input.Deadline) };
            await context.RestoreVolume(bot);
            await context.BringUp(bot);
            await context.BecomesReady(bot);
            await context.RouteBot(bot);
            await context.Succeed(bot, DeploymentStatus.Running, bot.Version);
        }
        catch (TaskFailedException)
        {
            await context.Fail(input);
        }

        return await context.Close(input);
    }
}
