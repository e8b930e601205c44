using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Plans;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Launchpad.Orchestrations;

/// <param name="Preempted">The operation that was going on when this one was asked for; null for none.</param>
/// <param name="UndoUntil">UTC; until then the data is kept and the deletion can be taken back. In the past: it cannot.</param>
/// <param name="Resume">Whether the bot runs again if it is.</param>
public sealed record TerminateInput(
    string Operation, string Account, string Deployment, Tier Tier, DateTime Deadline, string? Preempted, DateTime UndoUntil = default,
    string? Vm = null, int? Version = null, bool Resume = false);

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
    /// <summary>The event by which a person decides while the window is open.</summary>
    public const string Decision = "deletion";
    public const string TakeBack = "take-back";

    [Function(nameof(Terminate))]
    public static async Task<TerminateOutcome> Run([OrchestrationTrigger] TaskOrchestrationContext context, TerminateInput input)
    {
        try
        {
            if (input.Preempted is { } other)
            {
                await context.Preempt(new(input.Operation, input.Account, other));
            }

            var target = new DeploymentInput(input.Operation, input.Account, input.Deployment);
            if (input is { Preempted: not null, Vm: { } place })
            {
                await context.RemoveCandidate(new(input.Operation, input.Account, input.Deployment, input.Tier, place, Version: 0));
            }

            if (input is { Vm: { } vm, Version: { } version } && input.UndoUntil > context.CurrentUtcDateTime)
            {
                var bot = new BotInput(input.Operation, input.Account, input.Deployment, input.Tier, vm, version);
                if (await IsTakenBack(context, input, bot))
                {
                    return TerminateOutcome.TakenBack;
                }
            }

            await context.CancelSubscriptions(target);
            await context.Unroute(new(input.Operation, input.Account, input.Deployment, input.Tier, Undoing: false));
            await context.RemoveBot(new(input.Operation, input.Account, input.Deployment, input.Tier, Undoing: false));
            await context.GiveBack(input.Operation, input.Account, input.Deployment, input.Tier, undoing: false);
            await context.EraseSecrets(target);
            await context.IssueCertificate(target);
            await context.CompleteTerminate(target);
            return TerminateOutcome.Terminated;
        }
        catch (TaskFailedException)
        {
            await context.FailOperation(new(input.Operation, input.Account, input.Deployment));
            return TerminateOutcome.Incomplete;
        }
    }

    /// <summary>Stops the bot, keeps everything, and waits for a word.</summary>
    private static async Task<bool> IsTakenBack(TaskOrchestrationContext context, TerminateInput input, BotInput bot)
    {
        await context.Unroute(new(input.Operation, input.Account, input.Deployment, input.Tier, Undoing: false));
        await context.StopBot(bot);
        await context.OpenUndoWindow(new(bot, input.UndoUntil));
        var decision = await context.WaitForDecision(Decision, input.UndoUntil);
        await context.CloseUndoWindow(new(bot, input.UndoUntil));
        if (decision != TakeBack)
        {
            return false;
        }

        await context.SettlePlan(bot);
        if (input.Resume)
        {
            await context.BringUp(bot);
            await context.BecomesReady(bot, context.CurrentUtcDateTime.AddMinutes(10));
            await context.RouteBot(bot);
        }

        await context.CompleteUndo(new(input.Operation, input.Account, input.Deployment,
            input.Resume ? DeploymentStatus.Running : DeploymentStatus.Suspended));
        return true;
    }
}
