using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace Launchpad.Durable.Storage;

/// <summary>Changes that become durable together, and what follows once they are.</summary>
internal sealed class Commit
{
    /// <summary>Makes the changes. It may run again when the disk was full. An exception that it returns says why it made none.</summary>
    public required Func<WriteStatements, Exception?> Apply { get; init; }

    /// <summary>Called on the writer's thread when the changes are durable. Does nothing that waits.</summary>
    public Action? Committed { get; init; }

    /// <summary>A client waits for this one and can be told that the disk is full. A turn has no such caller: it is tried again.</summary>
    public bool MayBeRefused { get; init; }

    /// <summary>The history this commit makes longer, for <see cref="StopPoint"/>.</summary>
    public (string Orchestrator, int Before, int After) Growth { get; init; }

    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Why nothing was changed when it was applied last.</summary>
    public Exception? Objection { get; set; }
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

    /// <summary>Completes when the changes are durable.</summary>
    public Task SubmitAsync(Commit commit)
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

                return commit.Done.Task;
            }
        }

        commit.Done.SetException(Closed());
        return commit.Done.Task;
    }

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
            commit.Objection = commit.Apply(statements);
        }

        store.Stamp();
        statements.Commit.Run();
        store.Advance();
        if (stopPoint.IsCrossedBy(batch))
        {
            stopPoint.Stop();
        }

        foreach (var commit in batch)
        {
            if (commit.Objection is { } objection)
            {
                commit.Done.SetException(objection);
                continue;
            }

            commit.Committed?.Invoke();
            commit.Done.SetResult();
        }
    }

    private void WaitForSpace(List<Commit> batch, StoreException exception, int times)
    {
        if (times == 0)
        {
            logger.LogError(exception, "The disk is full: client operations are refused and turns wait for space.");
        }

        var refusal = new IOException("The disk that holds the durable store is full; nothing of this was recorded.", exception);
        foreach (var commit in batch.Where(commit => commit.MayBeRefused))
        {
            commit.Done.SetException(refusal);
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
            commit.Done.TrySetException(exception);
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
