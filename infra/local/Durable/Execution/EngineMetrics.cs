using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Launchpad.Durable.Execution;

/// <summary>Every bound of the engine and how near it is, under the meter "Launchpad.Durable", whose tag says which directory.</summary>
internal sealed class EngineMetrics : IDisposable
{
    private readonly Meter meter;
    private readonly Counter<long> turns;
    private readonly Counter<long> activities;
    private readonly Counter<long> mismatches;
    private readonly Counter<long> deadLetters;
    private readonly Counter<long> historyWarnings;
    private readonly Counter<long> spilledPayloads;
    private readonly Histogram<double> activityDuration;
    private readonly Histogram<long> payloadSize;
    private readonly Histogram<long> historyLength;

    public EngineMetrics(DurableOptions options)
    {
        meter = new(new MeterOptions("Launchpad.Durable") { Tags = [new("directory", options.Directory)] });
        turns = meter.CreateCounter<long>("durable.turns", "{turn}", "Turns of orchestrators.");
        activities = meter.CreateCounter<long>("durable.activities", "{activity}", "Activities that ended, by name and outcome.");
        mismatches = meter.CreateCounter<long>("durable.mismatches", "{instance}", "Instances suspended: code does not follow history.");
        deadLetters = meter.CreateCounter<long>("durable.dead_letters", "{task}", "Activities and turns given up: they end the process.");
        historyWarnings = meter.CreateCounter<long>("durable.history.warnings", "{instance}", "Instances whose history is too long.");
        spilledPayloads = meter.CreateCounter<long>("durable.payload.spilled", "{payload}", "Payloads too large to stand in the database.");
        activityDuration = meter.CreateHistogram<double>("durable.activity.duration", "s", "How long activities ran.");
        payloadSize = meter.CreateHistogram<long>("durable.payload.size", "By", "Inputs, results and events, as UTF-8.");
        historyLength = meter.CreateHistogram<long>("durable.history.length", "{event}", "Events of a history when its generation ended.");
        Bound("durable.activities.max", options.MaxConcurrentActivities, "{activity}");
        Bound("durable.operations.max", options.MaxPendingOperations, "{operation}");
        Bound("durable.orchestrators.max", options.MaxCachedOrchestrators, "{orchestrator}");
        Bound("durable.payload.max", options.MaxPayloadBytes, "By");
        Bound("durable.history.warning", options.HistoryEventsWarning, "{event}");
    }

    /// <summary>Something whose size is asked for whenever somebody looks.</summary>
    public void Observe(string name, string unit, string description, Func<int> size) =>
        meter.CreateObservableUpDownCounter(name, size, unit, description);

    public void Turn() => turns.Add(1);

    public void ActivityEnded(string name, string outcome, long started)
    {
        activities.Add(1, new KeyValuePair<string, object?>("name", name), new KeyValuePair<string, object?>("outcome", outcome));
        if (activityDuration.Enabled)
        {
            activityDuration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, new KeyValuePair<string, object?>("name", name));
        }
    }

    public void Mismatch() => mismatches.Add(1);

    public void DeadLetter(string name) => deadLetters.Add(1, new KeyValuePair<string, object?>("name", name));

    public void HistoryWarning() => historyWarnings.Add(1);

    public void HistoryEnded(int events) => historyLength.Record(events);

    public void Payload(string? data, bool isSpilled)
    {
        if (data is not null && payloadSize.Enabled)
        {
            payloadSize.Record(System.Text.Encoding.UTF8.GetByteCount(data));
        }

        if (isSpilled)
        {
            spilledPayloads.Add(1);
        }
    }

    public void Dispose() => meter.Dispose();

    private void Bound(string name, int value, string unit) =>
        meter.CreateObservableGauge(name, () => value, unit, "A bound, as configured.");
}
