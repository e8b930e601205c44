using Launchpad.Orchestrations.Activities;
using Launchpad.Shared;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Launchpad.Orchestrations;

public sealed record DunningInput(string Account, string Deployment);

/// <summary>Takes a bot that is not paid for up its ladder: reminders, grace, suspended, final backup, deleted. When it is paid it takes it
/// down again, until nothing is left of that. The ladder is in the deployment's row: this only knows when to look at it, so there is one
/// of it for a deployment, however often it is started, and nothing is lost with it.</summary>
public static class Dunning
{
    /// <summary>The event that tells it to look at once.</summary>
    public const string News = "payment";

    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);

    public static string Instance(string deployment) => $"dunning-{deployment}";

    /// <summary>True when there is nothing more to look at.</summary>
    [Function(nameof(Dunning))]
    public static async Task<bool> Run([OrchestrationTrigger] TaskOrchestrationContext context, DunningInput input)
    {
        if (await Climb(context, input) is not { } next)
        {
            return true;
        }

        await context.WaitForWindow(News, next);
        context.ContinueAsNew(input);
        return false;
    }

    /// <summary>When to look again; null for never. What cannot be done or asked now can be later.</summary>
    private static async Task<DateTime?> Climb(TaskOrchestrationContext context, DunningInput input)
    {
        try
        {
            var operation = Ids.From(Ids.Operation, context.CurrentUtcDateTime, context.NewGuid());
            return await context.ClimbLadder(new(operation, input.Account, input.Deployment));
        }
        catch (TaskFailedException)
        {
            return context.CurrentUtcDateTime + Pause;
        }
    }
}
