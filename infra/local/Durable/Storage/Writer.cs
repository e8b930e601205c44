using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace Launchpad.Durable.Storage;

/// <summary>Changes that become durable together, and what follows once they are.</summary>
internal sealed class Commit(params Write[] writes)
{
    public List<Write> Writes { get; } = [.. writes];

    /// <summary>Called on the writer's thread when the changes are durable. Does nothing that waits.</summary>
    public Action? Committed { get; init; }

    public Action<Exception>? Refused { get; init; }

    /// <summary>A client waits for this one and can be told that the disk is full. A turn has no such caller: it is tried again.</summary>
    public bool MayBeRefused { get; init; }

    /// <summary>The history this commit makes longer, for <see cref="StopPoint"/>.</summary>
    public (string Orchestrator, int Before, int After) Growth { get; init; }
}

/// <summary>The one thread that writes. Whatever is ready is one transaction and one flush, so a flush serves all that wait.</summary>
internal sealed class Writer : IDisposable
{
    private const int MaxBatch = 2048;
    private static readonly TimeSpan LongestWaitForSpace = TimeSpan.FromSeconds(1);

    private readonly Store store;
    private readonly WriteStatements statements;
    private readonly StopPoint stopPoint;
    private readonly Action<Exception> fail;
    private readonly ILogger logger;
    private readonly Thread thread;
    private readonly object gate = new();
    private List<Commit> queue = [];
    private List<Commit> taken = [];
    private int next;
    private bool waiting;
    private Exception? failure;
    private bool stopping;

    public Writer(Store store, StopPoint stopPoint, Action<Exception> fail, ILogger logger)
    {
        this.store = store;
        this.stopPoint = stopPoint;
        this.fail = fail;
        this.logger = logger;
        statements = new(store.Connection);
        thread = new(Run) { Name = "durable writer", IsBackground = true };
        thread.Start();
    }

    /// <summary>Nothing is being written and nothing waits to be: a guess, true at the moment of asking.</summary>
    public bool IsIdle => Volatile.Read(ref waiting);

    public void Submit(Commit commit)
    {
        lock (gate)
        {
            if (failure is null && !stopping)
            {
                queue.Add(commit);
                if (waiting)
                {
                    Monitor.Pulse(gate);
                }

                return;
            }
        }

        commit.Refused?.Invoke(Closed());
    }

    /// <summary>Completes when the changes are durable.</summary>
    public Task SubmitAsync(params Write[] writes) => SubmitAsync(writes, null);

    public Task SubmitAsync(IEnumerable<Write> writes, Action? committed) => SubmitAsync(writes, committed, mayBeRefused: true);

    /// <summary>Completes when the change is durable, however long the disk stays full.</summary>
    public Task PersistAsync(Write write) => SubmitAsync([write], null, mayBeRefused: false);

    /// <summary>Writes what was submitted and ends the thread.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            stopping = true;
            Monitor.Pulse(gate);
        }

        thread.Join();
        store.Dispose();
    }

    private Task SubmitAsync(IEnumerable<Write> writes, Action? committed, bool mayBeRefused)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Submit(new([.. writes])
        {
            MayBeRefused = mayBeRefused,
            Refused = done.SetException,
            Committed = () =>
            {
                committed?.Invoke();
                done.SetResult();
            },
        });
        return done.Task;
    }

    [SuppressMessage("Design", "CA1031", Justification = "Any failure of the log, of whatever type, stops the engine.")]
    private void Run()
    {
        var batch = new List<Commit>();
        var full = 0;
        while (Take(batch))
        {
            try
            {
                Write(batch);
                batch.Clear();
                full = 0;
            }
            catch (StoreException exception) when (exception.IsDiskFull && !stopping)
            {
                Undo();
                WaitForSpace(batch, exception, full++);
            }
            catch (Exception exception)
            {
                Fail(batch, exception);
                return;
            }
        }
    }

    /// <summary>Adds what is waiting to what is left over; waits when there is nothing to write, and is false at the end.</summary>
    private bool Take(List<Commit> batch)
    {
        if (next == taken.Count)
        {
            taken.Clear();
            next = 0;
            lock (gate)
            {
                while (queue.Count == 0 && batch.Count == 0)
                {
                    if (stopping)
                    {
                        return false;
                    }

                    waiting = true;
                    Monitor.Wait(gate);
                    waiting = false;
                }

                (queue, taken) = (taken, queue);
            }
        }

        var count = Math.Min(MaxBatch - batch.Count, taken.Count - next);
        batch.AddRange(taken.GetRange(next, count));
        next += count;
        return true;
    }

    private void Write(List<Commit> batch)
    {
        statements.Begin.Run();
        foreach (var commit in batch)
        {
            foreach (var write in commit.Writes)
            {
                write.Apply(statements);
            }
        }

        store.Stamp();
        statements.Commit.Run();
        store.Advance();
        if (stopPoint.IsCrossedBy(batch))
        {
            Posix.Freeze();
        }

        foreach (var commit in batch)
        {
            commit.Committed?.Invoke();
        }
    }

    private void WaitForSpace(List<Commit> batch, StoreException exception, int times)
    {
        if (times == 0)
        {
            logger.LogError(exception, "The disk is full: client operations are refused and turns wait for space.");
        }

        var refusal = Payloads.DiskFull(exception);
        foreach (var commit in batch.Where(commit => commit.MayBeRefused))
        {
            commit.Refused?.Invoke(refusal);
        }

        batch.RemoveAll(commit => commit.MayBeRefused);
        var wait = TimeSpan.FromMilliseconds(Math.Pow(2, Math.Min(times, 10)));
        Thread.Sleep(wait < LongestWaitForSpace ? wait : LongestWaitForSpace);
    }

    private void Fail(List<Commit> batch, Exception exception)
    {
        store.Connection.Abandon();
        List<Commit> lost;
        lock (gate)
        {
            failure = exception;
            lost = [.. batch, .. taken.Skip(next), .. queue];
            queue.Clear();
        }

        foreach (var commit in lost)
        {
            commit.Refused?.Invoke(exception);
        }

        fail(exception);
    }

    private void Undo()
    {
        if (store.Connection.InTransaction)
        {
            store.Connection.Execute("ROLLBACK");
        }
    }

    private InvalidOperationException Closed() => failure is null
        ? new("The durable engine is stopped.")
        : new("The durable engine has stopped because its log could not be written.", failure);
}

/// <summary>Where a crash test wants the process to freeze: the history is durable to here, and nothing has followed from it yet.</summary>
internal sealed class StopPoint
{
    private readonly string? orchestrator;
    private readonly int events;
    private bool used;

    public StopPoint(string? setting)
    {
        if (string.IsNullOrEmpty(setting))
        {
            return;
        }

        var colon = setting.LastIndexOf(':');
        if (colon < 1 || !int.TryParse(setting.AsSpan(colon + 1), out events))
        {
            throw new ArgumentException($"StopAfterEvent is \"orchestrator:n\", not \"{setting}\".", nameof(setting));
        }

        orchestrator = setting[..colon];
    }

    public bool IsCrossedBy(List<Commit> batch)
    {
        if (orchestrator is null || used)
        {
            return false;
        }

        used = batch.Exists(commit => string.Equals(commit.Growth.Orchestrator, orchestrator, StringComparison.OrdinalIgnoreCase)
            && commit.Growth.Before < events
            && commit.Growth.After >= events);
        return used;
    }
}
