using System.Collections.Concurrent;
using System.Text.Json;
using Launchpad.Durable.Storage;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace Launchpad.Durable.Execution;

/// <summary>The parts of one running engine, as each of them sees the others.</summary>
internal sealed class Parts(DurableOptions options, TimeProvider time, ILoggerFactory loggers, Catalog catalog)
{
    public DurableOptions Options => options;

    public TimeProvider Time => time;

    public ILoggerFactory Loggers => loggers;

    public ILogger Logger { get; } = loggers.CreateLogger("Launchpad.Durable");

    public Catalog Catalog => catalog;

    public required Reader Reader { get; init; }

    public required Writer Writer { get; init; }

    public required Payloads Payloads { get; init; }

    public required Registry Registry { get; init; }

    public required Dispatcher Dispatcher { get; init; }

    public required Attempts Attempts { get; init; }

    public Waiters Waiters { get; } = new();

    public EngineMetrics Metrics { get; } = new(options);

    public Timers Timers { get; set; } = null!;

    public ActivityPump Activities { get; set; } = null!;

    public OrchestratorServices Services => field ??= new(options, loggers, Payloads);

    public DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>A text for a column: itself, or the file that it was written to.</summary>
    public Stored Store(long instance, int generation, string? data)
    {
        var isLarge = data is not null && Payloads.IsLarge(data);
        Metrics.Payload(data, isLarge);
        return isLarge ? new(null, Payloads.Write(instance, generation, data!)) : new(data, null);
    }

    /// <summary>An event as it is recorded: with its text, or with the name of the file that has it.</summary>
    public HistoryEvent Spill(long instance, int generation, HistoryEvent e)
    {
        var recorded = Payloads.Spill(instance, generation, e);
        Metrics.Payload(e.Data, recorded.File is not null && e.File is null);
        return recorded;
    }

    public string? Text(long instance, Stored stored) => Services.Text(instance, stored);

    /// <summary>A durable message, and the write that makes it so.</summary>
    public (Message Message, Write Write) Send(Instance to, HistoryEvent e)
    {
        var message = new Message(e);
        var recorded = Spill(to.Key, Payloads.OfMessage, e);
        return (message, new AddMessage(to.Key, message, JsonSerializer.SerializeToUtf8Bytes(recorded, EventJson.Readable.HistoryEvent)));
    }

    /// <summary>Starts an instance that has not run yet, now or at its time.</summary>
    public void Begin(Instance instance)
    {
        if (instance.Starts is { } at && at > Now && instance.Generation == 0)
        {
            Timers.Arm(new(at, instance.Key, instance.Generation, Timers.Due.Start));
        }
        else
        {
            Dispatcher.Deliver(instance, new(new(EventKind.ExecutionStarted) { Generation = instance.Generation }), first: true);
        }
    }

    /// <summary>Removes files that nothing refers to any more, on another thread. What remains is swept at the next start.</summary>
    public void Forget(long instance, int beforeGeneration = int.MaxValue) => ThreadPool.UnsafeQueueUserWorkItem(
        _ =>
        {
            try
            {
                Payloads.Forget(instance, beforeGeneration);
            }
            catch (IOException exception)
            {
                Logger.LogWarning(exception, "Payloads of instance {Key} could not be removed.", instance);
            }
        },
        null);

    public void Fire(Timers.Due due)
    {
        if (Registry.Find(due.Instance) is not { } instance)
        {
            return;
        }

        var e = due.Task == Timers.Due.Start
            ? new HistoryEvent(EventKind.ExecutionStarted) { Generation = due.Generation }
            : new(EventKind.TimerFired) { Id = due.Task, At = due.At, Generation = due.Generation };
        Dispatcher.Deliver(instance, new(e));
    }
}

/// <summary>The code that can be run, by name without regard to case.</summary>
internal sealed class Catalog
{
    public Dictionary<string, Func<TaskOrchestrationContext, Task<object?>>> Orchestrators { get; } =
        new(StringComparer.OrdinalIgnoreCase);

    public Dictionary<string, Func<ActivityInvocation, CancellationToken, Task<object?>>> Activities { get; } =
        new(StringComparer.OrdinalIgnoreCase);
}

/// <summary>Those who wait for the status of an instance to change, or for its end.</summary>
internal sealed class Waiters
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> changes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> ends = new(StringComparer.Ordinal);
    private volatile Exception? closed;

    /// <summary>The next change; ask for it before reading the status, so that none falls between.</summary>
    public Task Change(string id, bool end = false)
    {
        var change = (end ? ends : changes).GetOrAdd(id, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        if (closed is { } reason)
        {
            change.TrySetException(reason);
        }

        return change.Task;
    }

    /// <summary>There are no more changes: whoever waits is told why.</summary>
    public void Close(Exception reason)
    {
        closed = reason;
        foreach (var change in changes.Values.Concat(ends.Values))
        {
            change.TrySetException(reason);
        }
    }

    public void Signal(string id, bool end)
    {
        if (changes.TryRemove(id, out var change))
        {
            change.TrySetResult();
        }

        if (end && ends.TryRemove(id, out change))
        {
            change.TrySetResult();
        }
    }
}
