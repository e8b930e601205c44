using System.Diagnostics.Metrics;

namespace Launchpad.Shared.Billing;

/// <summary>How subscriptions fare, in numbers.</summary>
internal static class BillingMetrics
{
    private static readonly Counter<long> ChangedCount = Telemetry.Meter.CreateCounter<long>(
        "launchpad.billing.changes", "{subscription}", "Changes of subscriptions at the payment provider.");

    public static void Changed(BillingState state) =>
        ChangedCount.Add(1, new KeyValuePair<string, object?>(Telemetry.OutcomeTag, state.Wire()));
}
