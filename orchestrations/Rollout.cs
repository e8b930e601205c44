using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Launchpad.Orchestrations;

/// <param name="Tag">The image tag that the change wants; null to stay on the image that runs, or to take an older version's.</param>
/// <param name="Data">What a bot that has to go back finds in its volume.</param>
/// <param name="PlanOnly">True to look and to say, and to change nothing.</param>
/// <param name="Restores">True when the version shall find the data that it left behind, and not what is there now.</param>
public sealed record RolloutInput(
    string Operation, string Account, string Deployment, Tier Tier, string Vm, string? Tag, DataChoice Data, bool PlanOnly,
    DateTime Deadline, bool Restores = false);

public enum RolloutOutcome
{
    Live,
    Planned,

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
        var target = new DeploymentInput(input.Operation, input.Account, input.Deployment);
        Draft? draft = null;
        var switched = false;
        try
        {
            var image = input.Tag is null ? null : await context.VerifyImage(new(input.Operation, input.Tag));
            draft = await context.DraftVersion(new(target, image, input.PlanOnly));
            var next = new BotInput(input.Operation, input.Account, input.Deployment, input.Tier, input.Vm, draft.Version);
            await context.CheckConfig(new(next, draft.Image));
            if (input.PlanOnly)
            {
                await context.TellPlan(new(next, draft));
                return RolloutOutcome.Planned;
            }

            await context.ReservePlan(next, draft);
            await ProvesItself(context, next, input);
            await context.ChangePrice(next, draft);

            switched = true;
            await (input.Restores ? context.ExchangeVolume(next) : context.KeepVolume(next));
            await context.BringUp(next);
            await context.BecomesReady(next, input.Deadline);
            await context.StaysReady(next);
            await context.RouteBot(next);
            await context.CompleteRollout(new(target, draft.Version));
            return RolloutOutcome.Live;
        }
        catch (TaskFailedException)
        {
            return await GoesBack(context, input, target, draft, switched);
        }
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
            await (input.Restores ? context.CopyKeptVolume(next) : context.CopyVolume(next));
            await context.StartCandidate(next);
            await context.CandidateBecomesReady(next, input.Deadline);
            await context.AskCandidate(next);
        }
        finally
        {
            await context.RemoveCandidate(next);
        }
    }

    private static async Task<RolloutOutcome> GoesBack(
        TaskOrchestrationContext context, RolloutInput input, DeploymentInput target, Draft? draft, bool switched)
    {
        var outcome = switched ? RolloutOutcome.Returned : RolloutOutcome.Refused;
        var last = new BotInput(input.Operation, input.Account, input.Deployment, input.Tier, input.Vm, draft?.From ?? 0);
        try
        {
            if (switched)
            {
                await context.ReturnVolume(new(last, input.Restores ? DataChoice.AsAtSwitch : input.Data, draft!.Version));
                await context.ReturnBot(last);
            }
        }
        catch (TaskFailedException)
        {
            outcome = RolloutOutcome.Incomplete;
        }

        await context.ReturnPlan(last, draft);
        await context.FailVersion(new(target, draft?.Version, outcome is RolloutOutcome.Incomplete));
        await context.FailOperation(target);
        return outcome;
    }
}
