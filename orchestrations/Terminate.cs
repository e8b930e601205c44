using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Launchpad.Orchestrations;

/// <param name="Preempted">The operation that was going on when this one was asked for; null for none.</param>
/// <param name="UndoUntil">UTC; until then the data is kept and the deletion can be taken back. In the past: it cannot.</param>
/// <param name="Resume">Whether the bot runs again if it is.</param>
/// <param name="Vm">Where it was placed; null for nowhere.</param>
/// <param name="Bot">What has data that could be wanted back; null for nothing.</param>
public sealed record TerminateInput(
    string Operation, string Account, string Deployment, Tier Tier, string? Preempted, DateTime UndoUntil = default, bool Resume = false,
    string? Vm = null, BotInput? Bot = null)
    : OperationTarget(Operation, Account, Deployment);

public enum TerminateOutcome
{
    Terminated,
    Incomplete,
    TakenBack,
}

/// <summary>Releases everything of a deployment and says so in a certificate. It goes on where it was after any failure:
/// every step removes what is there and is content with what is gone. What cannot be had back comes last, and after a window in which the
/// whole can be taken back.</summary>
public static class Terminate
{
    /// <summary>The event that tells a deletion to look whether it is still wanted.</summary>
    public const string Decision = "deletion";

    [Function(nameof(Terminate))]
    public static async Task<TerminateOutcome> Run([OrchestrationTrigger] TaskOrchestrationContext context, TerminateInput input)
    {
        var isTakenBack = false;
        try
        {
            await Stop(context, input);
            isTakenBack = input is { Bot: { } bot } && input.UndoUntil > context.CurrentUtcDateTime
                && await IsTakenBack(context, input, bot);
            await (isTakenBack ? Return(context, input) : Erase(context, input));
        }
        catch (TaskFailedException)
        {
            await context.Fail(input);
        }

        return !await context.Close(input) ? TerminateOutcome.Incomplete
            : isTakenBack ? TerminateOutcome.TakenBack
            : TerminateOutcome.Terminated;
    }

    /// <summary>Whatever else was going on, and what it was trying out.</summary>
    private static async Task Stop(TaskOrchestrationContext context, TerminateInput input)
    {
        if (input.Preempted is not { } other)
        {
            return;
        }

        await context.Preempt(new(input.Operation, input.Account, input.Deployment, other));
        if (input.Vm is { } vm)
        {
            await context.RemoveCandidate(new(input.Operation, input.Account, input.Deployment, input.Tier, vm, Version: 0));
        }
    }

    /// <summary>Stops the bot, keeps everything, and waits for a word.</summary>
    private static async Task<bool> IsTakenBack(TaskOrchestrationContext context, TerminateInput input, BotInput bot)
    {
        await context.Unroute(new(input.Operation, input.Account, input.Deployment, input.Tier, Undoing: false));
        await context.StopBot(bot);
        var window = new UndoWindowInput(input.Operation, input.Account, input.Deployment, input.UndoUntil);
        await context.OpenUndoWindow(window);
        await context.WaitForWindow(Decision, input.UndoUntil);
        return await context.IsTakenBack(window);
    }

    private static async Task Return(TaskOrchestrationContext context, TerminateInput input)
    {
        await context.SettlePlan(input.Bot!);
        if (!input.Resume)
        {
            await context.Succeed(input, DeploymentStatus.Suspended);
            return;
        }

        var bot = input.Bot! with { Deadline = context.CurrentUtcDateTime.AddMinutes(10) };
        await context.BringUp(bot);
        await context.BecomesReady(bot);
        await context.RouteBot(bot);
        await context.Succeed(input, DeploymentStatus.Running, bot.Version);
    }

    private static async Task Erase(TaskOrchestrationContext context, TerminateInput input)
    {
        await context.CancelSubscriptions(input);
        await context.Unroute(new(input.Operation, input.Account, input.Deployment, input.Tier, Undoing: false));
        await context.RemoveBot(new(input.Operation, input.Account, input.Deployment, input.Tier, Undoing: false));
        await context.GiveBack(new(input.Operation, input.Account, input.Deployment, input.Tier, Undoing: false));
        await context.EraseSecrets(input);
        await context.IssueCertificate(input);
        await context.Succeed(input, DeploymentStatus.Terminated);
    }
}
