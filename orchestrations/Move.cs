using Launchpad.Orchestrations.Activities;
using Launchpad.Shared;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Launchpad.Orchestrations;

/// <param name="Tier">Of the machine that it is on.</param>
/// <param name="Version">The active one.</param>
/// <param name="Plan">That it is on once it has moved.</param>
/// <param name="To">The tier of <paramref name="Plan"/>.</param>
/// <param name="Changes">True when another version comes to run on the way.</param>
/// <param name="Runs">False for a bot that is stopped or down: then its data move alone, and it stays what it is.</param>
public sealed record MoveInput(
    string Operation, string Account, string Deployment, Tier Tier, string Vm, int Version, string Plan, Tier To, bool Changes, bool Runs,
    DateTime Deadline)
    : OperationTarget(Operation, Account, Deployment);

/// <summary>Brings a bot to another machine. It proves itself there with a backup while it still runs here; then it is stopped, what came
/// since goes after it, and its address follows. Whatever fails brings it up again where it was: what it has there is not touched before it is
/// known to run elsewhere.</summary>
public static class Move
{
    /// <summary>True when it is on another machine.</summary>
    [Function(nameof(Move))]
    public static async Task<bool> Run([OrchestrationTrigger] TaskOrchestrationContext context, MoveInput input)
    {
        var (undo, there) = (new Undo(), (BotInput?)null);
        try
        {
            var here = new BotInput(
                input.Operation, input.Account, input.Deployment, input.Tier, input.Vm, input.Version, input.Deadline);
            var draft = await Draft(context, input, here);
            there = here with
            {
                Tier = input.To,
                Vm = await context.PlaceElsewhere(input),
                Version = draft?.Version ?? input.Version,
            };
            if (input.Runs)
            {
                await ProvesItself(context, here, there);
                await Charge(context, here, there, draft, undo);
            }

            await Goes(context, here, there, input.Runs, undo);
            await context.Succeed(input, input.Runs ? DeploymentStatus.Running : null, input.Runs ? there.Version : null);
        }
        catch (TaskFailedException)
        {
            await context.Fail(input, await undo.Run());
        }

        var hasMoved = await context.Close(input);
        if (there is not null)
        {
            await Hurries(context, hasMoved ? new(input.Tier, input.Vm) : new(there.Tier, there.Vm));
        }

        return hasMoved;
    }

    /// <summary>What is left on a machine is removed by its own saga, which the clock begins as well.</summary>
    private static async Task Hurries(TaskOrchestrationContext context, VmInput left)
    {
        try
        {
            await context.StartConverging(left);
        }
        catch (TaskFailedException)
        {
            return;
        }
    }

    private static async Task<Draft?> Draft(TaskOrchestrationContext context, MoveInput input, BotInput here)
    {
        if (!input.Changes)
        {
            return null;
        }

        var draft = await context.DraftVersion(new(input.Operation, input.Account, input.Deployment, null, PreviewOnly: false));
        await context.CheckConfig(new(here with { Version = draft.Version }, draft.Image));
        return draft;
    }

    /// <summary>Boots on the other machine, with its channels off and a backup for its data, stays up and answers a message.</summary>
    private static async Task ProvesItself(TaskOrchestrationContext context, BotInput here, BotInput there)
    {
        await context.TakeBackup(here, BackupReason.Move);
        await context.ReserveTrial(there);
        try
        {
            await context.FetchForDrill(new(there, Backup.IdOf(here.Operation), context.CurrentUtcDateTime));
            await context.StartCandidate(there);
            await context.CandidateBecomesReady(there, there.Deadline);
            await context.AskCandidate(there);
        }
        finally
        {
            await context.RemoveCandidate(there);
        }
    }

    private static async Task Charge(TaskOrchestrationContext context, BotInput here, BotInput there, Draft? draft, Undo undo)
    {
        if (draft is not null)
        {
            undo.With(Steps.ReturnPlan, () => context.ReturnPlan(here, draft));
            await context.ChangePrice(there, draft);
        }
    }

    private static async Task Goes(TaskOrchestrationContext context, BotInput here, BotInput there, bool runs, Undo undo)
    {
        if (runs)
        {
            undo.With(Steps.ReturnHere, () => context.ReturnHere(here));
        }

        await context.StopHere(here);
        var last = Ids.From(Ids.Backup, context.CurrentUtcDateTime, context.NewGuid());
        await context.TakeLastBackup(here, last);
        await context.BringData(new(there, last));
        if (runs)
        {
            undo.With(Steps.UndoStart, () => context.StopAgain(there));
            await context.BringUp(there);
            await context.BecomesReady(there);
            await context.StaysReady(there);
            undo.With(Steps.ReturnRoute, () => context.ReturnRoute(here));
            await context.RouteBot(there);
        }
    }
}
