using Launchpad.Shared.Sla;
using Launchpad.Shared.Storage;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions;

/// <summary>What bots were promised, held against what they had.</summary>
public sealed class UptimeSchedules(UptimeDue due, Rounds rounds, UptimeSettlement settlement, TimeProvider clock)
{
    /// <summary>By then everybody has written down what was found in the month before.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromDays(1);

    /// <summary>Each bot that was down in a month, when it is over. It is looked for every hour: what failed is tried again, and what was too
    /// much for one hour is left for the next.</summary>
    [Function("SettleUptime")]
    public Task Settle([TimerTrigger("35 40 * * * *")] TimerInfo timer, CancellationToken ct) =>
        rounds.GoAsync(due.Before(Month.Of(clock.GetUtcNow() - Settled)), settlement.SettleAsync, ct);
}
