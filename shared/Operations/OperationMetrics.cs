using System.Diagnostics.Metrics;

namespace Launchpad.Shared.Operations;

/// <summary>Operations in numbers. Each is counted by the process that wrote its row, once: a process that ends between the two leaves a
/// count out, and none ever counts twice.</summary>
public static class OperationMetrics
{
    private const string Unit = "{operation}";

    private static readonly Counter<long> StartedCount =
        Telemetry.Meter.CreateCounter<long>("launchpad.operations.started", Unit, "Operations that got their deployment.");

    private static readonly Counter<long> EndedCount =
        Telemetry.Meter.CreateCounter<long>("launchpad.operations.ended", Unit, "Operations that succeeded or failed.");

    // From a message to a bot up to a deletion with its window.
    private static readonly Histogram<double> Duration = Telemetry.Meter.CreateHistogram(
        "launchpad.operations.duration", "s", "From being asked for to the end.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600, 21600, 86400] });

    private static readonly Gauge<long> ActiveCount =
        Telemetry.Meter.CreateGauge<long>("launchpad.operations.active", Unit, "Deployments that an operation holds, when last looked.");

    public static void Started(Operation operation) => StartedCount.Add(1, Kind(operation.Kind));

    public static void Ended(Operation operation)
    {
        KeyValuePair<string, object?>[] tags = [Kind(operation.Kind), new(Telemetry.OutcomeTag, operation.Status.Wire())];
        EndedCount.Add(1, tags);
        Duration.Record((operation.FinishedAt!.Value - operation.CreatedAt).TotalSeconds, tags);
    }

    /// <summary>Every kind has a number, so that the last of a kind does not stay on the books.</summary>
    public static void Active(IReadOnlyCollection<OperationKind> running)
    {
        foreach (var kind in Enum.GetValues<OperationKind>())
        {
            ActiveCount.Record(running.Count(other => other == kind), Kind(kind));
        }
    }

    private static KeyValuePair<string, object?> Kind(OperationKind kind) => new("launchpad.operation.kind", kind.Wire());
}
