using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Plans;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Launchpad.Orchestrations;

/// <param name="Lost">The machine that the bot was on.</param>
public sealed record ReplaceInput(
    string Operation, string Account, string Deployment, Tier Tier, string Lost, int Version, DateTime Deadline);

/// <summary>Brings a bot up on another machine, in the version that is active, because its own machine is lost. Its volume was lost with
/// it, and everybody who reads about this operation is told so.</summary>
public static class Replace
{
    /// <summary>True when the bot runs again.</summary>
    [Function(nameof(Replace))]
    public static async Task<bool> Run([OrchestrationTrigger] TaskOrchestrationContext context, ReplaceInput input)
    {
        var target = new DeploymentInput(input.Operation, input.Account, input.Deployment);
        try
        {
            await context.LeaveVm(input);
            var vm = await context.Place(target, input.Tier, input.Deadline);
            var bot = new BotInput(input.Operation, input.Account, input.Deployment, input.Tier, vm, input.Version);
            await context.RestoreVolume(bot);
            await context.BringUp(bot);
            await context.BecomesReady(bot, input.Deadline);
            await context.RouteBot(bot);
            await context.CompleteReplace(bot);
            return true;
        }
        catch (TaskFailedException)
        {
            await context.FailOperation(target);
            return false;
        }
    }
}
