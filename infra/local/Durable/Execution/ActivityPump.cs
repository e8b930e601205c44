using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace Launchpad.Durable.Execution;

/// <summary>Runs activities whose scheduling is durable, so many at a time. A result counts when a turn has recorded it; what was
/// running when the process died runs again.</summary>
internal sealed class ActivityPump(Parts parts) : IDisposable
{
    private readonly Lock gate = new();
    private readonly Queue<Work> queue = new();
    private readonly CancellationTokenSource stop = new();
    private readonly TaskCompletionSource idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int running;
    private bool stopping;

    private sealed record Work(Instance Instance, int Generation, HistoryEvent Scheduled, bool IsSuspect);

    public int Running => Volatile.Read(ref running);

    public int Queued
    {
        get
        {
            lock (gate)
            {
                return queue.Count;
            }
        }
    }

    public void Enqueue(Instance instance, HistoryEvent scheduled, bool isSuspect = false)
    {
        var work = new Work(instance, instance.Generation, scheduled, isSuspect);
        lock (gate)
        {
            if (stopping)
            {
                return;
            }

            if (running == parts.Options.MaxConcurrentActivities)
            {
                queue.Enqueue(work);
                return;
            }

            running++;
        }

        Start(work);
    }

    /// <summary>Begins nothing more and waits for what is running; what does not end in time is told to.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        lock (gate)
        {
            stopping = true;
            queue.Clear();
            if (running == 0)
            {
                idle.TrySetResult();
            }
        }

        try
        {
            await idle.Task.WaitAsync(parts.Options.DrainTimeout, parts.Time, cancellation);
        }
        catch (Exception late) when (late is TimeoutException or OperationCanceledException)
        {
            parts.Logger.LogWarning(
                "Activities are still running after {Timeout}. They run again at the next start.", parts.Options.DrainTimeout);
        }

        await stop.CancelAsync();
    }

    public void Dispose() => stop.Dispose();

    private void Start(Work work) => ThreadPool.UnsafeQueueUserWorkItem(
        static state => _ = state.Pump.RunAllAsync(state.Work), (Pump: this, Work: work), preferLocal: false);

    /// <summary>One place among those that run at once: it goes on with what is queued as long as there is something.</summary>
    private async Task RunAllAsync(Work first)
    {
        for (Work? work = first; work is not null; work = Next())
        {
            await RunAsync(work);
        }
    }

    private async ValueTask RunAsync(Work work)
    {
        var (key, task) = (work.Instance.Key, work.Scheduled.Id!.Value);
        var ended = (work.IsSuspect, parts.Attempts.IsPoison(key, task)) switch
        {
            (false, _) => await ExecuteAsync(work),
            (true, false) => await WatchAsync(work, key, task),
            _ => GiveUp(work, key, task),
        };
        if (ended is not null)
        {
            parts.Dispatcher.Answer(work.Instance, new(ended with { Id = task, Generation = work.Generation }));
        }
    }

    private HistoryEvent GiveUp(Work work, long key, int task)
    {
        parts.Metrics.DeadLetter(work.Scheduled.Name!);
        return new(EventKind.TaskFailed) { Failure = parts.Attempts.Verdict(key, task, $"activity '{work.Scheduled.Name}'") };
    }

    /// <summary>Runs it under a mark, which is gone before the next is let in that may end the process.</summary>
    private async Task<HistoryEvent?> WatchAsync(Work work, long key, int task)
    {
        var alone = parts.Attempts.RunsAlone(key, task);
        var admitted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        parts.Attempts.Enter(alone, admitted.SetResult);
        await admitted.Task;

        await parts.Writer.PersistAsync(parts.Attempts.Mark(key, task, running: true));
        var ended = await ExecuteAsync(work);
        await parts.Writer.PersistAsync(parts.Attempts.Mark(key, task, running: false));
        parts.Attempts.Leave(alone);
        return ended;
    }

    /// <summary>Null when it was stopped before its end: nothing is recorded, so it runs again.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever an activity throws is its failure and crosses to the orchestrator.")]
    private async Task<HistoryEvent?> ExecuteAsync(Work work)
    {
        var (instance, scheduled) = (work.Instance, work.Scheduled);
        if (!parts.Catalog.Activities.TryGetValue(scheduled.Name!, out var body))
        {
            var missing = new Failure(Failure.ActivityNotFound, $"No activity task named '{scheduled.Name}' was found.", null, null);
            return new(EventKind.TaskFailed) { Failure = missing };
        }

        var started = Stopwatch.GetTimestamp();
        try
        {
            var input = parts.Payloads.Text(instance.Key, scheduled);
            var invocation = new ActivityInvocation(
                scheduled.Name!, instance.Id, input, parts.Attempts.Crashes(instance.Key, scheduled.Id!.Value) + 1)
            {
                TaskId = scheduled.Id!.Value,
                Version = scheduled.Version ?? "",
                Key = $"{instance.Id}:{work.Generation}:{scheduled.Id}",
                Tags = scheduled.Tags?.AsReadOnly() ?? new Dictionary<string, string>().AsReadOnly(),
            };
            var result = parts.Options.Converter.Serialize(await body(invocation, stop.Token));
            parts.Metrics.ActivityEnded(scheduled.Name!, "completed", started);
            return new(EventKind.TaskCompleted) { Data = parts.Payloads.Accept(result, "result") };
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception exception)
        {
            parts.Metrics.ActivityEnded(scheduled.Name!, "failed", started);
            return new(EventKind.TaskFailed) { Failure = Failure.Of(exception) };
        }
    }

    private Work? Next()
    {
        lock (gate)
        {
            if (!queue.TryDequeue(out var next) && --running == 0 && stopping)
            {
                idle.TrySetResult();
            }

            return next;
        }
    }
}
