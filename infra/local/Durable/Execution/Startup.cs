using Launchpad.Durable.Storage;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using static Microsoft.DurableTask.Client.OrchestrationRuntimeStatus;

namespace Launchpad.Durable.Execution;

/// <summary>Builds an engine on its directory and sets everything that has not ended going again.</summary>
internal sealed class Startup(DurableOptions options, TimeProvider time, ILoggerFactory loggers, Catalog catalog)
{
    private const int Page = 10_000;

    public Parts Open(Action<Exception> fail)
    {
        var stopPoint = new StopPoint(options.StopAfterEvent);
        var logger = loggers.CreateLogger<DurableEngine>();
        var store = Store.Open(options.Directory, fail, logger);
        var registry = new Registry(store.Connection.Scalar("SELECT coalesce(max(key), 0) FROM instances"));
        var reader = new Reader(Store.Database(options.Directory));
        var payloads = new Payloads(Payloads.Folder(options.Directory), options.InlinePayloadBytes, options.MaxPayloadBytes);
        payloads.Sweep(reader.Exists);

        var writer = new Writer(store, stopPoint, fail, logger);
        var parts = new Parts(options, time, loggers, catalog)
        {
            Reader = reader,
            Writer = writer,
            Payloads = payloads,
            Registry = registry,
            Dispatcher = new(writer, fail),
            Attempts = new(reader.Attempts(), afterCrash: !store.WasClean, options.MaxCrashes),
        };
        parts.Timers = new(time, parts.Fire);
        parts.Activities = new(parts);
        return parts;
    }

    public async Task ResumeAsync(Parts parts)
    {
        var query = new OrchestrationQuery(Statuses: [Pending, Running, Suspended]);
        List<InstanceRow> rows;
        long after = 0;
        do
        {
            rows = parts.Reader.Query(query, after, Page);
            rows.ForEach(row => parts.Registry.Add(new(row)));
            after = rows.Count > 0 ? rows[^1].Key : after;
        }
        while (rows.Count == Page);

        await parts.Writer.SubmitAsync([new SetClean(false), .. parts.Attempts.Marks, .. Deliver(parts)]);

        // Every one of them gets a turn, to begin again what its history implies; all are queued before the first can reach another.
        foreach (var instance in parts.Registry.All)
        {
            _ = instance.Claim();
            parts.Dispatcher.Enqueue(instance);
        }

        var turns = new Turns(parts);
        Observe(parts, turns);

        // A turn is a computation that never waits: more threads than processors would only take turns with each other.
        parts.Dispatcher.Start(Math.Min(options.MaxConcurrentOrchestrations, Environment.ProcessorCount), turns.Run);
    }

    private static void Observe(Parts parts, Turns turns)
    {
        var metrics = parts.Metrics;
        metrics.Observe("durable.instances.live", "{instance}", "Instances that have not ended.", () => parts.Registry.Count);
        metrics.Observe("durable.activities.running", "{activity}", "Activities that run.", () => parts.Activities.Running);
        metrics.Observe("durable.activities.queued", "{activity}", "Activities that wait for one to end.", () => parts.Activities.Queued);
        metrics.Observe("durable.turns.queued", "{instance}", "Instances that wait for their turn.", () => parts.Dispatcher.Queued);
        metrics.Observe("durable.timers.pending", "{timer}", "Timers that have not fired.", () => parts.Timers.Pending);
        metrics.Observe("durable.orchestrators.cached", "{orchestrator}", "Orchestrators in memory.", () => turns.Cached);
    }

    /// <summary>Fills the inboxes; what is addressed to an instance that has ended is removed.</summary>
    private static List<Write> Deliver(Parts parts)
    {
        var orphans = new List<Write>();
        foreach (var (key, message) in parts.Reader.Messages())
        {
            if (parts.Registry.Find(key) is { } instance)
            {
                _ = instance.Deliver(message);
            }
            else
            {
                orphans.Add(new RemoveMessage(message.Sequence));
            }
        }

        return orphans;
    }
}
