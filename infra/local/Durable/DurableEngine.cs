using Launchpad.Durable.Execution;
using Launchpad.Durable.Storage;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using static Microsoft.DurableTask.Client.OrchestrationRuntimeStatus;

namespace Launchpad.Durable;

/// <summary>Runs orchestrations from one directory. Everything it has acknowledged survives the end of the process, however it ends.</summary>
public sealed class DurableEngine : IAsyncDisposable
{
    private readonly DurableOptions options;
    private readonly TimeProvider time;
    private readonly ILoggerFactory loggers;
    private readonly Catalog catalog = new();
    private readonly TaskCompletionSource completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DirectoryLock? directory;
    private Parts? parts;
    private EngineClient? client;

    public DurableEngine(DurableOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxConcurrentActivities, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxConcurrentOrchestrations, 1);
        this.options = options;
        this.time = time;
        this.loggers = loggers;
    }

    /// <summary>Starts, watches and steers instances; usable once the engine is started.</summary>
    public DurableTaskClient Client => client ?? throw NotStarted();

    /// <summary>Ends when the engine has stopped; fails when its log could not be written and the process was told to go on.</summary>
    public Task Completion => completion.Task;

    public void AddOrchestrator(string name, Func<TaskOrchestrationContext, Task<object?>> body) => catalog.Orchestrators.Add(name, body);

    public void AddActivity(string name, Func<ActivityInvocation, CancellationToken, Task<object?>> body) => catalog.Activities.Add(name, body);

    /// <summary>Takes the directory, reads what has not ended, and goes on with it.</summary>
    public Task StartAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        directory = new(options.Directory);
        var path = Path.Combine(options.Directory, "durable.db");
        var connection = Schema.Open(path);
        var wasClean = connection.Scalar("SELECT clean FROM owner") != 0;
        var registry = new Registry(connection.Scalar("SELECT coalesce(max(key), 0) FROM instances"));
        var reader = new Reader(path);
        var payloads = new Payloads(Path.Combine(options.Directory, "payloads"), options.InlinePayloadBytes, options.MaxPayloadBytes);
        payloads.Sweep(reader.Exists);

        var writer = new Writer(connection, new StopPoint(options.StopAfterEvent), Fail, loggers.CreateLogger<DurableEngine>());
        parts = new(options, time, loggers, catalog)
        {
            Reader = reader,
            Writer = writer,
            Payloads = payloads,
            Registry = registry,
            Dispatcher = new(writer),
            Attempts = new(reader.Attempts(), afterCrash: !wasClean, options.MaxCrashes),
        };
        parts.Timers = new(time, parts.Fire);
        parts.Activities = new(parts);
        client = new(parts);
        return ResumeAsync(parts);
    }

    /// <summary>Lets running activities end, within bounds, and leaves the directory to the next process.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        if (Interlocked.Exchange(ref parts, null) is not { } running)
        {
            return;
        }

        await running.Activities.StopAsync(cancellation);
        running.Timers.Dispose();
        running.Dispatcher.Stop();
        if (!completion.Task.IsFaulted)
        {
            await running.Writer.SubmitAsync(new SetClean(true));
        }

        running.Writer.Dispose();
        running.Reader.Dispose();
        running.Dispatcher.Dispose();
        running.Activities.Dispose();
        directory!.Dispose();
        completion.TrySetResult();
    }

    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None);

    /// <summary>The story of an instance, oldest first: its current generation. Empty for an unknown id.</summary>
    public Task<IReadOnlyList<HistoryRow>> HistoryAsync(string instanceId, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var reader = (parts ?? throw NotStarted()).Reader;
        IReadOnlyList<HistoryRow> rows = reader.Find(instanceId) is { } row
            ? HistoryRow.Of(reader.History(row.Key).SelectMany(turn => turn), row.Created)
            : [];
        return Task.FromResult(rows);
    }

    /// <summary>What an instance that has not ended waits for, as rows of its history; empty for one that has ended.</summary>
    public Task<IReadOnlyList<HistoryRow>> PendingAsync(string instanceId, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var reader = (parts ?? throw NotStarted()).Reader;
        if (reader.Find(instanceId) is not { } row || row.Status is not (Pending or Running or Suspended))
        {
            return Task.FromResult<IReadOnlyList<HistoryRow>>([]);
        }

        var instance = new Instance(row);
        foreach (var e in reader.History(row.Key).SelectMany(turn => turn))
        {
            instance.Track(e);
        }

        return Task.FromResult<IReadOnlyList<HistoryRow>>(HistoryRow.Of(instance.Open.Values.OrderBy(e => e.Id), instance.Updated));
    }

    private static InvalidOperationException NotStarted() => new("The durable engine is not running.");

    private async Task ResumeAsync(Parts started)
    {
        var query = new OrchestrationQuery(Statuses: [Pending, Running, Suspended]);
        const int Page = 10_000;
        for (long after = 0; ;)
        {
            var rows = started.Reader.Query(query, after, Page);
            rows.ForEach(row => started.Registry.Add(new(row)));
            if (rows.Count < Page)
            {
                break;
            }

            after = rows[^1].Key;
        }

        var orphans = new List<Write>();
        foreach (var (key, message) in started.Reader.Messages())
        {
            if (started.Registry.Find(key) is { } instance)
            {
                _ = instance.Deliver(message);
            }
            else
            {
                orphans.Add(new RemoveMessage(message.Sequence));
            }
        }

        await started.Writer.SubmitAsync([new SetClean(false), .. started.Attempts.Marks, .. orphans]);

        // Every one of them gets a turn, to begin again what its history implies; all are queued before the first can reach another.
        foreach (var instance in started.Registry.All)
        {
            _ = instance.Claim();
            started.Dispatcher.Enqueue(instance);
        }

        // A turn is a computation that never waits: more threads than processors would only take turns with each other.
        var threads = Math.Min(options.MaxConcurrentOrchestrations, Environment.ProcessorCount);
        started.Dispatcher.Start(threads, new Turns(started, new OrchestratorCache(started)).Run);
    }

    private void Fail(Exception exception)
    {
        if (options.ExitOnLogFailure)
        {
            Console.Error.WriteLine($"The durable log in {options.Directory} cannot be written: {exception.Message}");
            Posix.Exit(Posix.InputOutputError);
        }

        completion.TrySetException(exception);
    }
}
