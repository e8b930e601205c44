using Launchpad.Durable.Execution;
using Launchpad.Durable.Storage;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using static Microsoft.DurableTask.Client.OrchestrationRuntimeStatus;

namespace Launchpad.Durable;

/// <summary>Runs orchestrations from one directory. Everything it has acknowledged survives the end of the process, however
/// it ends.</summary>
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
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxConcurrentActivities, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxConcurrentOrchestrations, 1);
        this.options = options;
        this.time = time;
        this.loggers = loggers;
    }

    /// <summary>Starts, watches and steers instances; usable once the engine is started.</summary>
    public DurableTaskClient Client => client ?? throw NotRunning();

    /// <summary>Ends when the engine has stopped; fails when its log could not be written and the process was told to go on.</summary>
    public Task Completion => completion.Task;

    public void AddOrchestrator(string name, Func<TaskOrchestrationContext, Task<object?>> body) => catalog.Orchestrators.Add(name, body);

    public void AddActivity(string name, Func<ActivityInvocation, CancellationToken, Task<object?>> body) =>
        catalog.Activities.Add(name, body);

    /// <summary>Takes the directory, reads what has not ended, and goes on with it.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        directory = new(options.Directory);
        try
        {
            var startup = new Startup(options, time, loggers, catalog);
            parts = startup.Open(Fail);
            client = new(parts);
            parts.Metrics.Observe("durable.operations.pending", "{operation}", "Client operations that wait.", () => client.InProgress);
            await startup.ResumeAsync(parts);
        }
        catch (Exception refused)
        {
            parts?.Reader.Dispose();
            parts?.Writer.Dispose();
            parts = null;
            directory.Dispose();
            throw refused is StoreException { IsDamage: true }
                ? new InvalidDataException(
                    $"The database in {options.Directory} is damaged. {refused.Message} Restore the newest backup of the directory.", refused)
                : refused;
        }
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
        running.Payloads.Stop();
        running.Dispatcher.Stop();
        await MarkCleanAsync(running);

        running.Metrics.Dispose();

        // The last connection to close moves the log into the database, which one that only reads cannot do.
        running.Waiters.Close(NotRunning());
        running.Reader.Dispose();
        running.Writer.Dispose();
        running.Activities.Dispose();
        directory!.Dispose();
        completion.TrySetResult();
    }

    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None);

    /// <summary>The story of an instance, oldest first: its current generation. Empty for an unknown id.</summary>
    public Task<IReadOnlyList<HistoryRow>> HistoryAsync(string instanceId, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var reader = (parts ?? throw NotRunning()).Reader;
        IReadOnlyList<HistoryRow> rows = reader.Find(instanceId) is { } row
            ? HistoryRow.Of(reader.History(row.Key).SelectMany(turn => turn), row.Created)
            : [];
        return Task.FromResult(rows);
    }

    /// <summary>What an instance waits for: the activities, sub-orchestrations and timers that it began and that have not ended.</summary>
    public Task<IReadOnlyList<HistoryRow>> PendingAsync(string instanceId, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var reader = (parts ?? throw NotRunning()).Reader;
        if (reader.Find(instanceId) is not { Status: Pending or Running or Suspended } row)
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

    /// <summary>Copies the store as it is at one moment into a new folder, from which an engine can start; instances go on meanwhile.
    /// All that was acknowledged before the call is in it. The folder appears when the copy is complete and was checked.</summary>
    public Task BackupAsync(string folder, CancellationToken cancellation)
    {
        var running = parts ?? throw NotRunning();
        return Task.Factory.StartNew(
            () => new Backup(options.Directory, running.Reader, running.Payloads).Make(folder),
            cancellation,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    private static InvalidOperationException NotRunning() => new("The durable engine is not running.");

    /// <summary>Without the mark the next start takes more care, and nothing is lost.</summary>
    private static async Task MarkCleanAsync(Parts running)
    {
        try
        {
            await running.Writer.SubmitAsync(new SetClean(true));
        }
        catch (Exception failure) when (failure is IOException or InvalidOperationException)
        {
            running.Logger.LogWarning(failure, "The store could not be marked as cleanly left.");
        }
    }

    private void Fail(Exception exception)
    {
        loggers.CreateLogger<DurableEngine>().LogCritical(exception, "The durable log cannot be written. Nothing goes on from here.");
        if (options.ExitOnLogFailure)
        {
            Console.Error.WriteLine($"The durable log in {options.Directory} cannot be written: {exception.Message}");
            Posix.Exit(Posix.InputOutputError);
        }

        completion.TrySetException(exception);
        parts?.Waiters.Close(exception);
    }
}
