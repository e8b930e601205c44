using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;

namespace Launchpad.Orchestrations.Activities;

/// <summary>Takes deployments for operations that nobody asked for.</summary>
internal static class Takes
{
    /// <summary>The operation can be read before its deployment names it: whoever follows the name finds it. Null when the deployment is
    /// not to be had; then the operation never was.</summary>
    /// <param name="deployments">Where the deployment is.</param>
    /// <param name="operations">Where its operation comes to be.</param>
    /// <param name="input">The same when the activity runs again, which finds what it took before.</param>
    /// <param name="take">The deployment in the hands of the operation; null when it cannot be taken as it is.</param>
    /// <param name="operation">Its row, by the deployment that was taken.</param>
    /// <param name="ct">Stops the wait.</param>
    public static async Task<Deployment?> TakeAsync(
        DeploymentStore deployments, OperationStore operations, DeploymentInput input, Func<Deployment, Deployment?> take,
        Func<Deployment, Operation> operation, CancellationToken ct)
    {
        while (true)
        {
            var current = await deployments.GetAsync(input.Account, input.Deployment, ct);
            var isHeld = current.Operation?.Id == input.Operation;
            if ((isHeld ? current : take(current)) is not { } taken)
            {
                if (current.LastOperation != input.Operation
                    && await operations.FindAsync(input.Account, input.Operation, ct) is { } orphan)
                {
                    await operations.RemoveAsync(orphan, ct);
                }

                return null;
            }

            var row = operation(taken);
            await operations.AddAsync(row, ct);
            if (isHeld || await deployments.TrySaveAsync(taken, ct))
            {
                await operations.RecordAsync(row, ct);
                return taken;
            }
        }
    }
}
