using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Reconciliation;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions.Staff;

/// <summary>What of the staff's own is done by the clock.</summary>
public sealed class StaffUpkeep(OperationStore operations, PageSilences silences, ReconcilerFindings findings, TimeProvider clock)
{
    /// <summary>Deletes what is past its time.</summary>
    [Function("SweepStaff")]
    public async Task Sweep([TimerTrigger("0 30 4 * * *")] TimerInfo timer, CancellationToken ct)
    {
        await operations.Failures.SweepAsync(clock.GetUtcNow(), ct);
        await silences.SweepAsync(ct);
        await findings.SweepAsync(ct);
    }
}

/// <summary>What operators asked to have looked at.</summary>
public sealed class StaffRuns(ReconcileRounds rounds, TimeProvider clock)
{
    /// <summary>Nothing but one row is read as long as nobody asks.</summary>
    [Function("RunReconcilers")]
    public Task Run([TimerTrigger("*/10 * * * * *")] TimerInfo timer, CancellationToken ct) => rounds.GoOnAsync(clock, ct);
}
