using Azure.Data.Tables;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;

namespace Launchpad.Shared.Reconciliation;

/// <summary>Whether who pays has a machine, and who has a machine pays, as far as the row of a deployment tells. Pure. While an operation is at
/// it that is for the operation to bring about.</summary>
public static class PaidAndRunning
{
    public const string NotRunning = "paid-not-running";
    public const string NotPaid = "running-not-paid";

    public static readonly IReadOnlyList<string> All = [NotRunning, NotPaid];

    /// <summary>What is wrong with it; null for nothing.</summary>
    public static string? Fault(Deployment deployment) => deployment.IsBusy ? null
        : Fault(deployment.Status, deployment.Subscription is not null, deployment.Vm is not null, deployment.Ladder,
            deployment.HeldSince is not null);

    /// <param name="row">With the columns operation, ending, status, subscription, vm, ladder and heldSince.</param>
    internal static string? Fault(TableEntity row) =>
        row.GetString("operation") is { Length: > 0 } || row.GetString("ending") is { Length: > 0 } ? null
        : Fault(
            Enum.Parse<DeploymentStatus>(row.GetString("status"), ignoreCase: true), row.GetString("subscription") is not null,
            row.GetString("vm") is not null, DeploymentStore.Ladder(row), row.GetDateTimeOffset("heldSince") is not null);

    private static string? Fault(DeploymentStatus status, bool isPaid, bool hasPlace, Ladder? ladder, bool isHeld) =>
        status is DeploymentStatus.Terminated || isHeld ? null
        : !isPaid ? hasPlace ? NotPaid : null
        // What becomes of who does not pay any more is the ladder's business, until he does again.
        : ladder is { IsOver: false } ? null
        : status is DeploymentStatus.Running || (status is DeploymentStatus.Suspended && ladder is null) ? null
        : NotRunning;
}
