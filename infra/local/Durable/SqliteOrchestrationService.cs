using DurableTask.Core;
using DurableTask.Core.Entities;
using Launchpad.Durable.Dispatch;
using Launchpad.Durable.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Launchpad.Durable;

/// <summary>Keeps orchestrations in one directory, for DurableTask's dispatchers and clients of this process. Everything it has
/// acknowledged survives the end of the process, however it ends. It opens the directory when it is first used, and gives it back when it
/// is disposed of.</summary>
public sealed partial class SqliteOrchestrationService :
    IEntityOrchestrationService, IOrchestrationServiceClient, IAsyncDisposable, IDisposable
{
    private readonly ILogger logger;
    private readonly Lock gate = new();
    private volatile Opened? opened;
    private bool isDisposed;

    public SqliteOrchestrationService(SqliteStoreOptions options, ILoggerFactory? loggers = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxConcurrentActivities, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxConcurrentOrchestrations, 1);
        Options = options;
        MaxConcurrentTaskActivityWorkItems = options.MaxConcurrentActivities;
        MaxConcurrentTaskOrchestrationWorkItems = options.MaxConcurrentOrchestrations;
        SessionIdle = options.ExtendedSessionIdle;
        logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<SqliteOrchestrationService>();
        EntityBackendQueries = new EntityQueries(this);
    }

    public SqliteStoreOptions Options { get; }

    public int TaskOrchestrationDispatcherCount => Math.Min(4, Environment.ProcessorCount);

    public int TaskActivityDispatcherCount => Math.Min(4, Environment.ProcessorCount);

    public int MaxConcurrentTaskOrchestrationWorkItems { get; internal set; }

    public int MaxConcurrentTaskActivityWorkItems { get; internal set; }

    public BehaviorOnContinueAsNew EventBehaviourForContinueAsNew => BehaviorOnContinueAsNew.Carryover;

    public EntityBackendProperties EntityBackendProperties { get; } = new()
    {
        // Messages arrive in the order in which they were sent.
        EntityMessageReorderWindow = TimeSpan.Zero,
        MaxEntityOperationBatchSize = 5000,
        MaxConcurrentTaskEntityWorkItems = 10 * Environment.ProcessorCount,
        SupportsImplicitEntityDeletion = false,
        MaximumSignalDelayTime = TimeSpan.MaxValue,
        UseSeparateQueueForEntityWorkItems = true,
    };

    public EntityBackendQueries EntityBackendQueries { get; }

    internal TimeSpan? SessionIdle { get; set; }

    internal TimeProvider Time => Options.Time;

    /// <summary>Ends with the exception that stopped the log, when the process was told to survive it.</summary>
    internal TaskCompletionSource Failed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task CreateAsync() => StartAsync();

    public Task CreateAsync(bool recreateInstanceStore) => recreateInstanceStore ? DeleteAsync(true) : StartAsync();

    public Task CreateIfNotExistsAsync() => StartAsync();

    public Task DeleteAsync() => DeleteAsync(true);

    public Task DeleteAsync(bool deleteInstanceStore) => throw new NotSupportedException(
        $"The store is a directory: to begin anew, stop the process and remove {Options.Directory}.");

    public Task StartAsync()
    {
        Open();
        return Task.CompletedTask;
    }

    /// <summary>The dispatchers have stopped by themselves; clients may still ask.</summary>
    public Task StopAsync() => Task.CompletedTask;

    public Task StopAsync(bool isForced) => Task.CompletedTask;

    /// <summary>Copies the store as it is at one moment into a new folder, from which another can start; instances go on meanwhile.
    /// All that was acknowledged before the call is in it. The folder appears when the copy is complete and was checked.</summary>
    public Task BackupAsync(string folder, CancellationToken cancellation)
    {
        var reader = Open().Reader;
        return Task.Factory.StartNew(
            () => new Backup(Options.Directory, reader).Make(folder),
            cancellation,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    public void Dispose()
    {
        lock (gate)
        {
            isDisposed = true;
            opened?.Dispose();
            opened = null;
        }
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private Opened Open()
    {
        if (opened is { } already)
        {
            return already;
        }

        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            return opened ??= Opened.Of(this, Fail, logger);
        }
    }

    private void Fail(Exception exception)
    {
        logger.LogCritical(exception, "The durable log cannot be written. Nothing goes on from here.");
        if (Options.ExitOnLogFailure)
        {
            Console.Error.WriteLine($"The durable log in {Options.Directory} cannot be written: {exception.Message}");
            Posix.Exit(Posix.InputOutputError);
        }

        Failed.TrySetException(exception);
        opened?.Waiters.Close(exception);
    }
}
