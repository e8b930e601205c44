using System.Collections.Concurrent;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Deployments;

/// <summary>Goes over the deployments that an operation holds or left something to do for.</summary>
public sealed class BusySweep(DeploymentStore deployments, Rounds rounds, TimeProvider clock)
{
    /// <param name="look">Is given each of them.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <returns>The kinds of the operations that hold one.</returns>
    public async Task<IReadOnlyCollection<OperationKind>> RunAsync(Func<Deployment, Task> look, CancellationToken ct)
    {
        var active = new ConcurrentBag<OperationKind>();
        await rounds.GoAsync(
            deployments.BusyRound(),
            async (row, stop) =>
            {
                if (await deployments.FollowAsync(row, clock.GetUtcNow(), stop) is not { } busy)
                {
                    return;
                }

                if (busy.Operation is { } held)
                {
                    active.Add(held.Kind);
                }

                await look(busy);
            },
            ct);
        return active;
    }
}
