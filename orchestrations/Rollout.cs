using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Steps = Launchpad.Shared.Operations.Steps;

namespace Launchpad.Orchestrations;

/// <param name="Tag">The image tag that the change wants; null to stay on the image that runs, or to take an older version's.</param>
/// <param name="Data">What a bot that has to go back finds in its volume.</param>
/// <param name="PreviewOnly">True to look and to say, and to change nothing.</param>
/// <param name="Restores">True when the version shall find the data that it left behind, and not what is there now.</param>
/// <param name="Backup">Whose data the version shall find; null for those that are there.</param>
/// <param name="BacksUp">True when the data are backed up before anything is touched.</param>
public sealed record RolloutInput(
    string Operation, string Account, string Deployment, Tier Tier, string Vm, string? Tag, DataChoice Data, bool PreviewOnly,
    DateTime Deadline, bool Restores = false, string? Backup = null, bool BacksUp = false)
    : OperationTarget(Operation, Account, Deployment)
{
    /// <summary>A bot that goes back finds what it had: what it was given does not belong to it.</summary>
    public DataChoice DataIfBack => Restores || Backup is not null ? DataChoice.AsAtSwitch : Data;
}

public enum RolloutOutcome
{
    Live,
    Previewed,

    /// <summary>The version failed beside the bot that runs, or before: nothing was touched.</summary>
    Refused,

    /// <summary>The version failed in its place, and the last known good is back.</summary>
    Returned,
    Incomplete,
}

/// <summary>Puts a version in the place of the one that runs, or leaves that one there. It proves itself beside it first, on a copy of its
/// data; the switch costs one boot; whatever fails after it brings the last known good back.</summary>
public static class Rollout
{
    [Function(nameof(Rollout))]
    public static async Task<RolloutOutcome> Run([OrchestrationTrigger] TaskOrchestrationContext context, RolloutInput input)
    {
        Draft? draft = null;
        var switched = false;
        var ifFailed = RolloutOutcome.Refused;
        try
        {
            var image = input.Tag is null ? null : await context.VerifyImage(new(input.Operation, input.Account, input.Deployment, input.Tag));
            draft = await context.DraftVersion(new(input.Operation, input.Account, input.Deployment, image, input.PreviewOnly));
            var next = new BotInput(
                input.Operation, input.Account, input.Deployment, input.Tier, input.Vm, draft.Version, input.Deadline);
            await context.CheckConfig(new(next, draft.Image));
            if (input.PreviewOnly)
            {
                await context.TellPreview(new(next, draft));
                await context.Succeed(input);
            }
            else
            {
                if (input.BacksUp)
                {
                    await context.TakeBackup(next, BackupReason.Change);
                }

                await context.ReservePlan(next, draft);
                if (input.Backup is { } backup)
                {
                    await context.FetchBackup(new(next, backup));
                }

                await ProvesItself(context, next, input);
                await context.ChangePrice(next, draft);

                switched = true;
                await (input.Backup is { } brought ? context.BringBackup(new(next, brought))
                    : input.Restores ? context.ExchangeVolume(next)
                    : context.KeepVolume(next));
                await context.BringUp(next);
                await context.BecomesReady(next);
                await context.StaysReady(next);
                await context.RouteBot(next);
                await context.Succeed(input, DeploymentStatus.Running, draft.Version);
            }
        }
        catch (TaskFailedException)
        {
            (ifFailed, var left) = await GoesBack(context, input, draft, switched);
            await context.Fail(input, left);
        }

        return !await context.Close(input) ? ifFailed
            : input.PreviewOnly ? RolloutOutcome.Previewed
            : RolloutOutcome.Live;
    }

    /// <summary>The first gate: boots beside the bot that runs, stays up and answers a message. Where the machine has no room for two, the
    /// second gate is the only one.</summary>
    private static async Task ProvesItself(TaskOrchestrationContext context, BotInput next, RolloutInput input)
    {
        if (!await context.ReserveCandidate(next))
        {
            return;
        }

        try
        {
            await (input.Backup is { } backup ? context.CopyFetchedVolume(new(next, backup))
                : input.Restores ? context.CopyKeptVolume(next)
                : context.CopyVolume(next));
            await context.StartCandidate(next);
            await context.CandidateBecomesReady(next, input.Deadline);
            await context.AskCandidate(next);
        }
        finally
        {
            await context.RemoveCandidate(next);
        }
    }

    /// <returns>And what is left of it, which its rows may not say: one may be done and not have been heard of.</returns>
    private static async Task<(RolloutOutcome Outcome, IReadOnlyList<string>? Left)> GoesBack(
        TaskOrchestrationContext context, RolloutInput input, Draft? draft, bool switched)
    {
        if (draft is null)
        {
            return (RolloutOutcome.Refused, null);
        }

        var last = new BotInput(input.Operation, input.Account, input.Deployment, input.Tier, input.Vm, draft.From, input.Deadline);
        string[]? left = null;
        try
        {
            if (switched)
            {
                left = [Steps.ReturnData.Name, Steps.ReturnBot.Name];
                await context.ReturnVolume(new(last, input.DataIfBack, draft.Version));
                left = [Steps.ReturnBot.Name];
                await context.ReturnBot(last);
                left = null;
            }
            else if (input.Backup is { } backup)
            {
                await context.DiscardBackup(new(last, backup));
            }
        }
        catch (TaskFailedException)
        {
            left ??= [];
        }

        await context.ReturnPlan(last, draft);
        return (left is not null ? RolloutOutcome.Incomplete
            : switched ? RolloutOutcome.Returned
            : RolloutOutcome.Refused, left);
    }
}
