using Launchpad.Shared.Health;
using Launchpad.Shared.Reconciliation;
using Launchpad.Shared.Retention;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions;

/// <summary>What is not urgent: nothing that heals a bot waits for it.</summary>
public sealed class Upkeep(Pager pager, DeploymentReconciler deployments, MachineReconciler machines, RetentionSweep retention)
{
    /// <summary>What the operator's webhook did not take at once.</summary>
    [Function("DeliverPages")]
    public Task DeliverPages([TimerTrigger("45 * * * * *")] TimerInfo timer, CancellationToken ct) => pager.DeliverAllAsync(ct);

    /// <summary>A page of all there is: what it costs does not grow with how much that is, only how long it takes to come round.</summary>
    [Function("ReconcileIndexes")]
    public async Task ReconcileIndexes([TimerTrigger("50 */5 * * * *")] TimerInfo timer, CancellationToken ct)
    {
        await deployments.RunAsync(ct);
        await machines.RunAsync(ct);
    }

    /// <summary>Deletes what is past its time.</summary>
    [Function("SweepRetention")]
    public Task SweepRetention([TimerTrigger("0 20 4 * * *")] TimerInfo timer, CancellationToken ct) => retention.RunAsync(ct);
}
