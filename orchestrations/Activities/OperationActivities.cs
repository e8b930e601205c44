using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Launchpad.Orchestrations.Activities;

public sealed record EnterInput(string Operation, string Account, string Deployment, DeploymentStatus Status)
    : OperationTarget(Operation, Account, Deployment);

/// <param name="Status">What the deployment is from now on; null to leave it.</param>
/// <param name="Version">The one that runs; null when that is not for the operation to say.</param>
public sealed record SucceedInput(string Operation, string Account, string Deployment, DeploymentStatus? Status = null, int? Version = null)
    : OperationTarget(Operation, Account, Deployment);

/// <param name="Left">The names of the steps that could not be taken back; null for none.</param>
public sealed record FailInput(string Operation, string Account, string Deployment, IReadOnlyList<string>? Left = null)
    : OperationTarget(Operation, Account, Deployment);

/// <summary>What an operation does to its own row and to its deployment's.</summary>
public sealed class OperationActivities(DeploymentStore deployments, Endings endings, Closing closing)
{
    [Function(nameof(EnterStatus))]
    public Task EnterStatus([ActivityTrigger] EnterInput input, CancellationToken ct) =>
        deployments.ChangeAsync(
            input.Account, input.Deployment,
            deployment => DeploymentStore.HeldBy(deployment, input.Operation).To(input.Status), ct);

    [Function(nameof(Succeed))]
    public Task Succeed([ActivityTrigger] SucceedInput input, CancellationToken ct) =>
        endings.SucceedAsync(input, input.Status, input.Version, ct);

    [Function(nameof(Fail))]
    public Task Fail([ActivityTrigger] FailInput input, CancellationToken ct) => endings.FailAsync(input, input.Left ?? [], ct);

    [Function(nameof(Close))]
    public Task<bool> Close([ActivityTrigger] OperationTarget input, CancellationToken ct) => closing.CloseAsync(input, ct);
}

public static class OperationCalls
{
    extension(TaskOrchestrationContext context)
    {
        public Task Enter(OperationTarget target, DeploymentStatus status) => context.CallActivityAsync(
            nameof(OperationActivities.EnterStatus),
            new EnterInput(target.Operation, target.Account, target.Deployment, status), Retry.Store);

        /// <summary>The last thing that a saga does of its own: everything is written at once, or nothing is.</summary>
        public Task Succeed(OperationTarget target, DeploymentStatus? status = null, int? version = null) => context.CallActivityAsync(
            nameof(OperationActivities.Succeed),
            new SucceedInput(target.Operation, target.Account, target.Deployment, status, version), Retry.Store);

        /// <summary>As <see cref="Succeed"/>, for an operation that did not come to its end.</summary>
        /// <param name="target">The operation.</param>
        /// <param name="left">The names of the steps that could not be taken back; null for none.</param>
        public Task Fail(OperationTarget target, IReadOnlyList<string>? left = null) => context.CallActivityAsync(
            nameof(OperationActivities.Fail), new FailInput(target.Operation, target.Account, target.Deployment, left), Retry.Undo);

        /// <summary>True when the operation succeeded, as the deployment's row says: nobody else knows. What this does is done again by the
        /// sweep when it fails, and nothing that the saga did is ever taken back for its sake.</summary>
        public Task<bool> Close(OperationTarget target) => context.CallActivityAsync<bool>(
            nameof(OperationActivities.Close), target, Retry.Undo);
    }
}
