using Launchpad.Shared.Records;

namespace Launchpad.Shared.Deployments;

/// <summary>A change of status as it is recorded.</summary>
public static class StatusEntries
{
    /// <summary>The order is its customer's act. One write may take two steps of the state machine, and the one between them is
    /// failed.</summary>
    public static IEnumerable<RecordEntry> Of(Deployment deployment, StatusChange change)
    {
        if (change.From is not { } from)
        {
            yield return Recorder.Action(deployment.Account, "order", new { deployment.Plan });
            yield return Entry(deployment, null, change.To, change.Operation);
            yield break;
        }

        if (!from.CanBecome(change.To))
        {
            yield return Entry(deployment, from, DeploymentStatus.Failed, change.Operation);
            from = DeploymentStatus.Failed;
        }

        yield return Entry(deployment, from, change.To, change.Operation);
    }

    private static RecordEntry Entry(Deployment of, DeploymentStatus? from, DeploymentStatus to, string? operation) =>
        new(RecordKinds.Status, "launchpad", new { from = from?.Wire(), to = to.Wire(), operation }, Account: of.Account);
}
