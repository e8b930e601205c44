using Launchpad.Shared.Deployments;

namespace Launchpad.Shared.Health;

/// <summary>Ends what is remembered of bots that were deleted: nobody has to be called for them any more.</summary>
public sealed class Aftermath(DeploymentStore deployments, ConditionStore conditions, DriftStore drift, Pager pager)
{
    /// <param name="unplaced">Of bots that were not found where they should run: deleted, or in somebody's hands just now.</param>
    public async Task EndAsync(IEnumerable<Condition> unplaced, CancellationToken ct)
    {
        foreach (var (account, id) in unplaced.Select(condition => (condition.Account, condition.Deployment)))
        {
            if (await deployments.FindAsync(account, id, ct) is null or { Status: DeploymentStatus.Terminated })
            {
                await drift.PutAsync(id, "", [], ct);
                await pager.ResolveAsync(PageKind.CrashLoop, id, ct);
                await pager.ResolveAsync(PageKind.Drift, id, ct);
                await conditions.RemoveAsync(account, id, ct);
            }
        }
    }
}
