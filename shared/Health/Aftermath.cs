using Launchpad.Shared.Deployments;

namespace Launchpad.Shared.Health;

/// <summary>Ends what is remembered of bots that were deleted: nobody has to be called for them any more.</summary>
public sealed class Aftermath(DeploymentStore deployments, ConditionStore conditions, DriftStore drift, Pager pager)
{
    /// <summary>Nothing when the bot is still there, in somebody's hands or stopped.</summary>
    public async Task EndAsync(string account, string id, CancellationToken ct)
    {
        if (await deployments.FindAsync(account, id, ct) is null or { Status: DeploymentStatus.Terminated })
        {
            await drift.PutAsync(id, "", [], ct);
            await pager.ResolveAsync(PageKind.CrashLoop, id, ct);
            await pager.ResolveAsync(PageKind.Drift, id, ct);
            await conditions.RemoveAsync(id, ct);
        }
    }
}
