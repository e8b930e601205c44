using Launchpad.Orchestrations.Definitions;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;

namespace Launchpad.Orchestrations.Activities;

/// <summary>The one write that ends an operation: the deployment's status, what runs and is known to be good, and the freed row. What
/// follows from it is derived from it, by <see cref="Closing"/>. Writing it again changes nothing.</summary>
public sealed class Endings(DeploymentStore deployments, ConfigVersionStore versions, OperationStore operations, TimeProvider clock)
{
    /// <summary>Who asks for what nobody asked for.</summary>
    public const string Sweep = "sweep";

    /// <param name="target">The operation that ends.</param>
    /// <param name="status">What the deployment is from now on; null to leave it.</param>
    /// <param name="version">The one that runs; null when that is not for the operation to say.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <exception cref="PermanentException">When the operation was cancelled before, or does not hold the deployment.</exception>
    public async Task SucceedAsync(OperationTarget target, DeploymentStatus? status, int? version, CancellationToken ct)
    {
        var running = version is { } number ? await versions.GetAsync(target.Deployment, number, ct) : null;
        await deployments.ChangeAsync(
            target.Account, target.Deployment,
            current =>
            {
                if (HasEnded(current, target))
                {
                    return null;
                }

                var held = DeploymentStore.HeldBy(current, target.Operation);
                var after = running is null ? held
                    : held.Runs(running, distrusted: held.Operation is { By: Sweep, Kind: OperationKind.Rollback });
                after = status is { } to ? after.To(to) : after;
                after = after.Status is DeploymentStatus.Terminated ? after with { Vm = null } : after;
                return after.Ended(succeeded: true, clock.GetUtcNow(), held);
            },
            ct);
    }

    /// <summary>Nothing when the operation does not hold its deployment any more: then it is not for it to say what that is.</summary>
    /// <param name="target">The operation that ends.</param>
    /// <param name="left">The names of the steps that could not be taken back.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task FailAsync(OperationTarget target, IReadOnlyList<string> left, CancellationToken ct)
    {
        operations.Remember(target);
        var trail = new StepTrail(await operations.StepsAsync(target.Operation, ct), left);
        await deployments.ChangeAsync(
            target.Account, target.Deployment,
            current => current.Operation?.Id != target.Operation
                ? null
                : current.Operation.Kind.Definition().Failed(current, trail).Ended(succeeded: false, clock.GetUtcNow(), current, left),
            ct);
    }

    /// <summary>For an operation whose saga ended without an outcome: nobody knows how far it came, until a restart or a retry has
    /// looked.</summary>
    public Task BreakAsync(OperationTarget target, CancellationToken ct) => deployments.ChangeAsync(
        target.Account, target.Deployment,
        current =>
        {
            if (current.Operation?.Id != target.Operation)
            {
                return null;
            }

            return (current.Operation.Kind.Definition().TouchesBot ? current.ToFailed() : current).Ended(succeeded: false, clock.GetUtcNow(), current);
        },
        ct);

    private static bool HasEnded(Deployment current, OperationTarget target) =>
        current.Operation is null && current.LastOperation == target.Operation;
}
