using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Steps = Launchpad.Shared.Operations.Steps;

namespace Launchpad.Orchestrations.Activities;

public sealed record PreemptInput(string Operation, string Account, string Deployment, string Other)
    : OperationTarget(Operation, Account, Deployment);

public sealed record UndoWindowInput(string Operation, string Account, string Deployment, DateTime Until)
    : OperationTarget(Operation, Account, Deployment);

/// <summary>How a deletion begins, and whether it is meant.</summary>
public sealed class DeletionActivities(DeploymentStore deployments, OperationStore operations, StepLog steps)
{
    /// <summary>True once the operation that was going on has stopped.</summary>
    [Function(nameof(HasYielded))]
    public Task<bool> HasYielded([ActivityTrigger] PreemptInput input, CancellationToken ct) =>
        steps.PollAsync(input, Steps.Preempt, $"Waiting for {input.Other} to stop.", async _ =>
        {
            var other = await operations.FindAsync(input.Account, input.Other, ct);
            var ended = other is null or { IsFinished: true };
            return (ended, ended ? $"{input.Other} has ended." : $"{input.Other} finishes the step that it is at.", ended);
        }, ct);

    /// <summary>Says until when, for as long as it lasts.</summary>
    [Function(nameof(OpenUndoWindow))]
    public Task OpenUndoWindow([ActivityTrigger] UndoWindowInput input, CancellationToken ct) =>
        steps.PollAsync<bool>(
            input, Steps.UndoWindow, null,
            async _ =>
            {
                await deployments.ChangeAsync(
                    input.Account, input.Deployment,
                    deployment => DeploymentStore.HeldBy(deployment, input.Operation).To(DeploymentStatus.Suspended), ct);
                return (true, $"Everything is erased at {input.Until:u}. "
                    + $"Until then POST /api/deployments/{input.Deployment}/undelete brings the bot back as it was.", false);
            },
            ct);

    /// <summary>True when the deletion was taken back. If it was not it is final from here on: one write decides, whoever else wants to at
    /// the same moment.</summary>
    [Function(nameof(IsTakenBack))]
    public Task<bool> IsTakenBack([ActivityTrigger] UndoWindowInput input, CancellationToken ct) =>
        steps.RunAsync(
            input, Steps.UndoWindow, null,
            async _ =>
            {
                var decided = await deployments.ChangeAsync(
                    input.Account, input.Deployment,
                    deployment => DeploymentStore.HeldBy(deployment, input.Operation) is { Operation: { Decision: null } open } held
                        ? held with { Operation = open with { Decision = UndoDecision.Final } }
                        : null,
                    ct);
                var isTakenBack = decided.Operation!.Decision is UndoDecision.TakenBack;
                return (isTakenBack, (string?)(isTakenBack ? "It was taken back." : "It is over."));
            },
            ct);
}

public static class DeletionCalls
{
    private const int YieldPolls = 120;

    extension(TaskOrchestrationContext context)
    {
        /// <summary>Waits, two minutes at most, until the other operation has stopped. After that its remains are removed like anything
        /// else: what it still wants to do fails, for it no longer holds the deployment.</summary>
        public async Task Preempt(PreemptInput input)
        {
            for (var poll = 0; poll < YieldPolls; poll++)
            {
                if (await context.CallActivityAsync<bool>(nameof(DeletionActivities.HasYielded), input, Retry.Store))
                {
                    return;
                }

                await context.CreateTimer(TimeSpan.FromSeconds(1), CancellationToken.None);
            }
        }

        public Task OpenUndoWindow(UndoWindowInput input) =>
            context.CallActivityAsync(nameof(DeletionActivities.OpenUndoWindow), input, Retry.Store);

        /// <summary>Waits until the window is over, or until a person says that there is something to look at before.</summary>
        public async Task WaitForWindow(string word, DateTime until)
        {
            try
            {
                await context.WaitForExternalEvent<string>(word, until - context.CurrentUtcDateTime);
            }
            catch (TaskCanceledException)
            {
                return;
            }
        }

        public Task<bool> IsTakenBack(UndoWindowInput input) =>
            context.CallActivityAsync<bool>(nameof(DeletionActivities.IsTakenBack), input, Retry.Undo);
    }
}
