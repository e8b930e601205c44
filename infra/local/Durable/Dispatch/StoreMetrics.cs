using System.Diagnostics.Metrics;

namespace Launchpad.Durable.Dispatch;

/// <summary>What waits in the store and what went through it, under the meter "Launchpad.Durable"; its tag says which directory.</summary>
internal sealed class StoreMetrics : IDisposable
{
    private readonly Meter meter;
    private readonly Counter<long> turns;
    private readonly Counter<long> activities;
    private readonly Counter<long> deadLetters;

    public StoreMetrics(SqliteOrchestrationService service, Hub hub)
    {
        meter = new(new MeterOptions("Launchpad.Durable") { Tags = [new("directory", service.Options.Directory)] });
        turns = meter.CreateCounter<long>("durable.turns", "{turn}", "Turns of orchestrators and entities.");
        activities = meter.CreateCounter<long>("durable.activities", "{activity}", "Activities that ended, by name and outcome.");
        deadLetters = meter.CreateCounter<long>("durable.dead_letters", "{instance}", "Instances given up: their history cannot be read.");
        Observe("durable.activities.pending", "{activity}", "Activities that wait to run.", () => hub.Tasks.Reader.Count);
        Observe("durable.instances.ready", "{instance}", "Instances that wait for their turn.", () => hub.Orchestrations.Count);
        Observe("durable.instances.loaded", "{instance}", "Instances in memory.", () => hub.Instances);
        Observe("durable.timers.pending", "{timer}", "Timers that have not fired.", () => hub.TimersPending);
        Observe("durable.activities.max", "{activity}", "A bound, as configured.", () => service.MaxConcurrentTaskActivityWorkItems);
        Observe("durable.instances.max", "{instance}", "A bound, as configured.", () => service.MaxConcurrentTaskOrchestrationWorkItems);
    }

    public void Turn() => turns.Add(1);

    public void ActivityEnded(string? name, string outcome) =>
        activities.Add(1, new KeyValuePair<string, object?>("name", name), new KeyValuePair<string, object?>("outcome", outcome));

    public void DeadLetter(string? name) => deadLetters.Add(1, new KeyValuePair<string, object?>("name", name));

    public void Dispose() => meter.Dispose();

    private void Observe(string name, string unit, string description, Func<int> size) =>
        meter.CreateObservableUpDownCounter(name, size, unit, description);
}
