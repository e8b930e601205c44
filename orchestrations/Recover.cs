using Launchpad.Orchestrations.Activities;
using Launchpad.Shared;
using Launchpad.Shared.Health;
using Launchpad.Shared.Plans;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Launchpad.Orchestrations;

public sealed record SweptBot(string Account, string Deployment);

/// <param name="Bots">Those that do not look well; none when it is the machine alone.</param>
public sealed record RecoverInput(Tier Tier, string Vm, IReadOnlyList<SweptBot> Bots);

/// <summary>Looks closely at one machine that did not look well from afar, and brings back what is down: restarted, with growing pauses,
/// until a person has to be called; on another machine when this one is lost.</summary>
public static class Recover
{
    /// <summary>How many bots of one machine are brought up at the same time.</summary>
    private const int AtOnceMax = 4;

    /// <summary>How many run again.</summary>
    [Function(nameof(Recover))]
    public static async Task<int> Run([OrchestrationTrigger] TaskOrchestrationContext context, RecoverInput input)
    {
        var found = await context.Examine(input);
        if (found.Lost)
        {
            return await Move(context, input);
        }

        var recovered = 0;
        foreach (var few in found.Down.Concat(found.Back).Chunk(AtOnceMax))
        {
            recovered += (await Task.WhenAll(few.Select(bot => Tend(context, bot)))).Count(runs => runs);
        }

        return recovered;
    }

    /// <summary>True when the bot runs again.</summary>
    private static async Task<bool> Tend(TaskOrchestrationContext context, SweptBot bot)
    {
        var operation = Ids.From(Ids.Operation, context.CurrentUtcDateTime, context.NewGuid());
        var care = await context.TakeCareOf(new(operation, bot.Account, bot.Deployment));
        if (care.Restart is { } restart)
        {
            return await Begin<bool>(context, restart);
        }

        if (care.Kind is CareKind.GiveUp && !await GoBack(context, bot))
        {
            await context.GiveUp(bot);
        }

        return false;
    }

    /// <summary>Between the last restart and a person: the version that ran well before this one. True when the bot runs again.</summary>
    private static async Task<bool> GoBack(TaskOrchestrationContext context, SweptBot bot)
    {
        var operation = Ids.From(Ids.Operation, context.CurrentUtcDateTime, context.NewGuid());
        return await context.TakeForRollback(new(operation, bot.Account, bot.Deployment)) is { } back
            && await Begin<RolloutOutcome?>(context, back) is RolloutOutcome.Live;
    }

    /// <summary>The machine is gone with everything on it. Nothing goes there any more, its bots come up elsewhere, and whatever the cloud
    /// still has of it is deleted, so that no bot can run twice.</summary>
    private static async Task<int> Move(TaskOrchestrationContext context, RecoverInput input)
    {
        await context.CondemnVm(input);
        var moved = 0;
        foreach (var few in input.Bots.Chunk(AtOnceMax))
        {
            moved += (await Task.WhenAll(few.Select(bot => Elsewhere(context, input, bot)))).Count(runs => runs);
        }

        await context.DeleteVm(new(input.Tier, input.Vm));
        await context.CloseLoss(input);
        return moved;
    }

    private static async Task<bool> Elsewhere(TaskOrchestrationContext context, RecoverInput input, SweptBot bot)
    {
        var operation = Ids.From(Ids.Operation, context.CurrentUtcDateTime, context.NewGuid());
        var taken = await context.TakeForReplacement(new(operation, bot.Account, bot.Deployment, input.Vm));
        return taken is not null && await Begin<bool>(context, taken);
    }

    /// <summary>One that fails for reasons of its own is told to a person by whoever looks after its deployment; the other bots of the
    /// machine go on.</summary>
    private static async Task<T?> Begin<T>(TaskOrchestrationContext context, Taken taken)
    {
        try
        {
            return await context.CallSubOrchestratorAsync<T>(
                taken.Saga, taken.Input, new SubOrchestrationOptions(instanceId: taken.Operation));
        }
        catch (TaskFailedException)
        {
            return default;
        }
    }
}
