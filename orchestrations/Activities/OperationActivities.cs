using Launchpad.Shared;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Steps = Launchpad.Shared.Operations.Steps;

namespace Launchpad.Orchestrations.Activities;

public sealed record DeploymentInput(string Operation, string Account, string Deployment);

public sealed record EnterInput(string Operation, string Account, string Deployment, DeploymentStatus Status);

public sealed record CompleteProvisionInput(string Operation, string Account, string Deployment, int Version);

public sealed record UndoWindowInput(BotInput Bot, DateTime Until);

public sealed record PreemptInput(string Operation, string Account, string Other);

/// <summary>What an operation does to its own row and to its deployment's.</summary>
public sealed class OperationActivities(
    DeploymentStore deployments, ConfigVersionStore versions, OperationStore operations, StepLog steps, Bots bots, Pager pager,
    TimeProvider clock)
{
    [Function(nameof(EnterStatus))]
    public Task EnterStatus([ActivityTrigger] EnterInput input, CancellationToken ct) =>
        deployments.ChangeAsync(
            input.Account, input.Deployment,
            deployment => DeploymentStore.HeldBy(deployment, input.Operation).To(input.Status), ct);

    [Function(nameof(CompleteProvision))]
    public Task CompleteProvision([ActivityTrigger] CompleteProvisionInput input, CancellationToken ct) =>
        steps.RunAsync(input.Operation, Steps.Complete, null, async () =>
        {
            var live = await deployments.ChangeAsync(input.Account, input.Deployment, deployment => GoLive(deployment, input), ct);
            var taken = await operations.StepsAsync(input.Operation, ct);
            await versions.ActivateAsync(input.Deployment, input.Version, Steps.BootMs(taken), ct);
            await FinishAsync(input.Account, input.Operation, result: bots.Url(live), ct);
            return $"Config version {input.Version} is active and last known good.";
        }, ct);

    [Function(nameof(CompleteSuspend))]
    public async Task CompleteSuspend([ActivityTrigger] EnterInput input, CancellationToken ct)
    {
        await deployments.ChangeAsync(
            input.Account, input.Deployment,
            deployment => deployment.Status == input.Status && deployment.Operation is null
                ? null
                : DeploymentStore.HeldBy(deployment, input.Operation).To(input.Status) with { Operation = null },
            ct);
        await FinishAsync(input.Account, input.Operation, result: null, ct);
    }

    /// <summary>Says until when, for as long as it lasts.</summary>
    [Function(nameof(OpenUndoWindow))]
    public Task OpenUndoWindow([ActivityTrigger] UndoWindowInput input, CancellationToken ct) =>
        steps.PollAsync<bool>(
            input.Bot.Operation, Steps.UndoWindow, null,
            async () =>
            {
                await deployments.ChangeAsync(
                    input.Bot.Account, input.Bot.Deployment,
                    deployment => DeploymentStore.HeldBy(deployment, input.Bot.Operation).To(DeploymentStatus.Suspended), ct);
                return (true, $"Everything is erased at {input.Until:u}. "
                    + $"Until then POST /api/deployments/{input.Bot.Deployment}/undelete brings the bot back as it was.", false);
            },
            ct);

    [Function(nameof(CloseUndoWindow))]
    public Task CloseUndoWindow([ActivityTrigger] UndoWindowInput input, CancellationToken ct) =>
        steps.RunAsync(
            input.Bot.Operation, Steps.UndoWindow, null,
            () => Task.FromResult<string?>(clock.GetUtcNow().UtcDateTime < input.Until ? "It was taken back." : "It is over."), ct);

    /// <summary>The deployment is what it was before it was deleted.</summary>
    [Function(nameof(CompleteUndo))]
    public async Task CompleteUndo([ActivityTrigger] EnterInput input, CancellationToken ct)
    {
        await deployments.ChangeAsync(
            input.Account, input.Deployment,
            deployment => deployment.Operation is null ? null
                : DeploymentStore.EnsureHeld(deployment, input.Operation).To(input.Status) with { Operation = null },
            ct);
        await FinishAsync(input.Account, input.Operation, result: "The deletion was taken back.", ct);
    }

    [Function(nameof(CompleteTerminate))]
    public async Task CompleteTerminate([ActivityTrigger] DeploymentInput input, CancellationToken ct)
    {
        await deployments.ChangeAsync(
            input.Account, input.Deployment,
            deployment => deployment.To(DeploymentStatus.Terminated) with { Operation = null, Vm = null }, ct);
        await FinishAsync(input.Account, input.Operation, result: null, ct);
    }

    /// <summary>For what was only said to the bot: the deployment stays as it is.</summary>
    [Function(nameof(CompleteConversation))]
    public async Task CompleteConversation([ActivityTrigger] DeploymentInput input, CancellationToken ct)
    {
        await deployments.ChangeAsync(input.Account, input.Deployment, deployment => Freed(deployment, input.Operation), ct);
        var asked = await operations.FindAsync(input.Account, input.Operation, ct);
        await FinishAsync(input.Account, input.Operation, asked?.Result, ct);
    }

    /// <summary>Tells the customer what happened, what was undone and what to do, calls a person for what could not be undone, and frees
    /// the deployment.</summary>
    [Function(nameof(FailOperation))]
    public async Task FailOperation([ActivityTrigger] DeploymentInput input, CancellationToken ct)
    {
        var operation = await operations.FindAsync(input.Account, input.Operation, ct)
            ?? throw new PermanentException("operation-gone", $"The operation {input.Operation} does not exist any more.");
        var taken = await operations.StepsAsync(input.Operation, ct);
        var failed = taken.LastOrDefault(step => step.Status is StepStatus.Failed && !Steps.IsUndo(step.Name));
        var undone = taken.Where(step => Steps.IsUndo(step.Name)).OrderBy(step => step.StartedAt).ToList();
        var code = failed?.Code ?? "internal";
        if (undone.Where(step => step.Status is not StepStatus.Done).Select(Tell).ToList() is { Count: > 0 } left)
        {
            await pager.RaiseAsync(
                PageKind.SagaFailed, input.Deployment,
                $"{operation.Kind} could not take back all that it did. Instance: {operation.Id}. {string.Join(' ', left)}", ct);
        }

        await deployments.ChangeAsync(input.Account, input.Deployment, deployment => Failed(deployment, operation, undone), ct);
        await operations.SaveAsync(
            operation with
            {
                Status = OperationStatus.Failed,
                FinishedAt = clock.GetUtcNow(),
                Failure = new(
                    code, failed?.Detail ?? "A step failed.", failed?.Name ?? "", [.. undone.Select(Tell)],
                    Failure.Advice(code, operation.Kind)),
            },
            ct);
    }

    /// <summary>True once the other operation has ended and taken back what it did.</summary>
    [Function(nameof(HasYielded))]
    public Task<bool> HasYielded([ActivityTrigger] PreemptInput input, CancellationToken ct) =>
        steps.PollAsync(input.Operation, Steps.Preempt, $"Waiting for {input.Other} to stop.", async () =>
        {
            var other = await operations.FindAsync(input.Account, input.Other, ct);
            var ended = other is null or { IsFinished: true };
            return (ended, ended ? $"{input.Other} has ended." : $"{input.Other} is taking back what it did.", ended);
        }, ct);

    private static Deployment? GoLive(Deployment deployment, CompleteProvisionInput input) =>
        deployment is { Operation: null, Status: DeploymentStatus.Running } && deployment.ActiveVersion == input.Version
            ? null
            : DeploymentStore.HeldBy(deployment, input.Operation).Live(input.Version);

    private static Deployment? Freed(Deployment deployment, string operation) =>
        deployment.Operation?.Id == operation ? deployment with { Operation = null } : null;

    private static Deployment? Failed(Deployment deployment, Operation operation, IEnumerable<OperationStep> undone)
    {
        // A version that failed is taken care of by FailVersion; a conversation changes nothing.
        if (Freed(deployment, operation.Id) is not { } freed
            || operation.Kind is OperationKind.TestMessage or OperationKind.PairBrowser or OperationKind.Plan
                or OperationKind.Update or OperationKind.Upgrade or OperationKind.Rollback)
        {
            return Freed(deployment, operation.Id);
        }

        var released = undone.Any(step => step.Name == Steps.UndoReserve.Name && step.Status is StepStatus.Done);
        freed = released ? freed with { Vm = null } : freed;
        return freed.Status.CanBecome(DeploymentStatus.Failed) ? freed.To(DeploymentStatus.Failed) : freed;
    }

    private static string Tell(OperationStep step) =>
        step.Status is StepStatus.Done ? step.Title : $"Not yet: {step.Title} ({step.Detail}). The operator has been told.";

    private async Task FinishAsync(string account, string id, string? result, CancellationToken ct)
    {
        var operation = await operations.FindAsync(account, id, ct)
            ?? throw new PermanentException("operation-gone", $"The operation {id} does not exist any more.");
        await operations.SaveAsync(
            operation with { Status = OperationStatus.Succeeded, FinishedAt = operation.FinishedAt ?? clock.GetUtcNow(), Result = result },
            ct);
    }
}

public static class OperationCalls
{
    private const int YieldPolls = 120;

    extension(TaskOrchestrationContext context)
    {
        public Task Enter(EnterInput input) =>
            context.CallActivityAsync(nameof(OperationActivities.EnterStatus), input, Retry.Store);

        public Task CompleteProvision(CompleteProvisionInput input) =>
            context.CallActivityAsync(nameof(OperationActivities.CompleteProvision), input, Retry.Store);

        public Task CompleteSuspend(EnterInput input) =>
            context.CallActivityAsync(nameof(OperationActivities.CompleteSuspend), input, Retry.Store);

        public Task OpenUndoWindow(UndoWindowInput input) =>
            context.CallActivityAsync(nameof(OperationActivities.OpenUndoWindow), input, Retry.Store);

        /// <summary>What a person decided before the time was over; null when nobody did.</summary>
        public async Task<string?> WaitForDecision(string name, DateTime until)
        {
            try
            {
                return await context.WaitForExternalEvent<string>(name, until - context.CurrentUtcDateTime);
            }
            catch (TaskCanceledException)
            {
                return null;
            }
        }

        public Task CloseUndoWindow(UndoWindowInput input) =>
            context.CallActivityAsync(nameof(OperationActivities.CloseUndoWindow), input, Retry.Store);

        public Task CompleteUndo(EnterInput input) =>
            context.CallActivityAsync(nameof(OperationActivities.CompleteUndo), input, Retry.Store);

        public Task CompleteTerminate(DeploymentInput input) =>
            context.CallActivityAsync(nameof(OperationActivities.CompleteTerminate), input, Retry.Undo);

        public Task CompleteConversation(DeploymentInput input) =>
            context.CallActivityAsync(nameof(OperationActivities.CompleteConversation), input, Retry.Store);

        public Task FailOperation(DeploymentInput input) =>
            context.CallActivityAsync(nameof(OperationActivities.FailOperation), input, Retry.Undo);

        /// <summary>Waits, two minutes at most, until the other operation has taken back what it did. After that its remains are removed
        /// like
        /// anything else: what it still does fails, for it no longer holds the deployment.</summary>
        public async Task Preempt(PreemptInput input)
        {
            for (var poll = 0; poll < YieldPolls; poll++)
            {
                if (await context.CallActivityAsync<bool>(nameof(OperationActivities.HasYielded), input, Retry.Store))
                {
                    return;
                }

                await context.CreateTimer(TimeSpan.FromSeconds(1), CancellationToken.None);
            }
        }
    }
}
