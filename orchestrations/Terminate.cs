using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Plans;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Launchpad.Orchestrations;

/// <param name="Preempted">The operation that was going on when this one was asked for; null for none.</param>
public sealed record TerminateInput(
    string Operation, string Account, string Deployment, Tier Tier, DateTime Deadline, string? Preempted);

public enum TerminateOutcome
{
    Terminated,
    Incomplete,
}

/// <summary>Releases everything of a deployment and says so in a certificate. It goes on where it was after any failure:
/// every step removes what is there and is content with what is gone.</summary>
public static class Terminate
{
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
}
