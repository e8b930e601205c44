using Launchpad.Orchestrations.Activities;
using Launchpad.Shared;
using Launchpad.Shared.Backups;
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
/// <param name="Destination">Where a move that it stopped was going to; null for none.</param>
/// <param name="BacksUp">True when they are backed up for as long as that is so: a machine can be lost meanwhile.</param>
public sealed record TerminateInput(
    string Operation, string Account, string Deployment, Tier Tier, string? Preempted, DateTime UndoUntil = default, bool Resume = false,
    string? Vm = null, BotInput? Bot = null, bool BacksUp = false, string? Destination = null)
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

    /// <summary>How often it comes back for what it could not remove: for two weeks. A person has been called at the first time.</summary>
    private const int RoundsMax = 14 * 24;
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    [Function(nameof(Terminate))]
    public static async Task<TerminateOutcome> Run([OrchestrationTrigger] TaskOrchestrationContext context, TerminateInput input)
    {
        var (isTakenBack, undo) = (false, new Undo());
        try
        {
            var isCandidateLeft = await IsCandidateLeft(context, input);
            isTakenBack = input is { Bot: { } bot } && input.UndoUntil > context.CurrentUtcDateTime
                && await IsTakenBack(context, input, bot);
            await (isTakenBack ? Return(context, input, undo) : Erase(context, input, isCandidateLeft));
        }
        catch (TaskFailedException)
        {
            await context.Fail(input, await undo.Run());
        }

        return !await context.Close(input) ? TerminateOutcome.Incomplete
            : isTakenBack ? TerminateOutcome.TakenBack
            : TerminateOutcome.Terminated;
    }

    /// <summary>Whatever else was going on, and what it was trying out. True when that is still there.</summary>
    private static async Task<bool> IsCandidateLeft(TaskOrchestrationContext context, TerminateInput input)
    {
        if (input.Preempted is not { } other)
        {
            return false;
        }

        await context.Preempt(new(input.Operation, input.Account, input.Deployment, other));
        if (input.Destination is not null)
        {
            await Did(() => context.LeaveDestination(new(input.Operation, input.Account, input.Deployment)));
        }

        return input.Vm is not null && !await Did(() => RemoveCandidate(context, input));
    }

    /// <summary>Stops the bot if it can be stopped, keeps everything, and waits for a word.</summary>
    private static async Task<bool> IsTakenBack(TaskOrchestrationContext context, TerminateInput input, BotInput bot)
    {
        if (input.BacksUp)
        {
            await Did(() => context.TakeBackup(bot, BackupReason.Deletion));
        }

        await Did(() => context.Unroute(new(input.Operation, input.Account, input.Deployment, input.Tier, Undoing: false)));
        await Did(() => context.StopBot(bot));
        var window = new UndoWindowInput(input.Operation, input.Account, input.Deployment, input.UndoUntil);
        await context.OpenUndoWindow(window);
        await context.WaitForWindow(Decision, input.UndoUntil);
        return await context.IsTakenBack(window);
    }

    /// <summary>As it was: running, or stopped as it is now, which it stays when it does not come up.</summary>
    private static async Task Return(TaskOrchestrationContext context, TerminateInput input, Undo undo)
    {
        await context.SettlePlan(input.Bot!);
        if (!input.Resume)
        {
            await context.Succeed(input, DeploymentStatus.Suspended);
            return;
        }

        await Resume.ComesUp(context, input.Bot! with { Deadline = context.CurrentUtcDateTime.AddMinutes(10) }, undo);
    }

    /// <summary>Money first. What cannot be ended or removed keeps neither the rest from going nor the customer waiting: the certificate lists
    /// it, the deployment counts as deleted, and the saga comes back for it until nothing is left.</summary>
    private static async Task Erase(TaskOrchestrationContext context, TerminateInput input, bool isCandidateLeft)
    {
        var undo = new UndoInput(input.Operation, input.Account, input.Deployment, input.Tier, Undoing: false);
        IReadOnlyList<Func<Task>> left =
        [
            () => context.CancelSubscriptions(input),
            .. isCandidateLeft ? (Func<Task>[])[() => RemoveCandidate(context, input)] : [],
            () => context.Unroute(undo),
            // The memory of a bot that could not be removed stays promised to it: it still uses it.
            async () =>
            {
                await context.RemoveBot(undo);
                await context.GiveBack(new(input.Operation, input.Account, input.Deployment, input.Tier, Undoing: false));
            },
            () => context.EraseSecrets(input),
        ];
        for (var round = 1; round <= RoundsMax; round++)
        {
            left = await Failing(left);
            if (await Did(() => context.IssueCertificate(input)) && left.Count == 0)
            {
                await context.Succeed(input, DeploymentStatus.Terminated);
                return;
            }

            await context.Enter(input, DeploymentStatus.Terminated);
            await context.CreateTimer(Pause, CancellationToken.None);
        }

        await context.Fail(input);
    }

    private static Task RemoveCandidate(TaskOrchestrationContext context, TerminateInput input) => context.RemoveCandidate(
        new(input.Operation, input.Account, input.Deployment, input.Tier, input.Vm!, Version: 0));

    private static async Task<IReadOnlyList<Func<Task>>> Failing(IReadOnlyList<Func<Task>> steps)
    {
        var failing = new List<Func<Task>>();
        foreach (var step in steps)
        {
            if (!await Did(step))
            {
                failing.Add(step);
            }
        }

        return failing;
    }

    /// <summary>False when a step failed for good: its row says why.</summary>
    private static async Task<bool> Did(Func<Task> step)
    {
        try
        {
            await step();
            return true;
        }
        catch (TaskFailedException failure) when (!failure.FailureDetails.IsCausedBy<NotHeldException>())
        {
            return false;
        }
    }
}
