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

    /// <param name="context">Of the saga.</param>
    /// <param name="bot">Where it comes up.</param>
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

/// <summary>Brings a bot up again whose machine was lost while it was stopped: on another one, with its newest backup.</summary>
public static class ResumeElsewhere
{
    /// <param name="context">Of the saga.</param>
    /// <param name="input">The bot on the machine that is lost, or that an earlier attempt has found for it.</param>
    /// <returns>True when the bot runs again.</returns>
    [Function(nameof(ResumeElsewhere))]
    public static async Task<bool> Run([OrchestrationTrigger] TaskOrchestrationContext context, BotInput input)
    {
        var undo = new Undo();
        try
        {
            await context.LeaveVm(input);
            var bot = input with { Vm = await context.Place(input, input.Tier, input.Deadline) };
            await context.RestoreVolume(bot);
            await Resume.ComesUp(context, bot with { Deadline = context.CurrentUtcDateTime.AddMinutes(10) }, undo);
        }
        catch (TaskFailedException)
        {
            await context.Fail(input, await undo.Run());
        }

        return await context.Close(input);
    }
}
