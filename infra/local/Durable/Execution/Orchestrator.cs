using System.Diagnostics.CodeAnalysis;
using Microsoft.DurableTask;

namespace Launchpad.Durable.Execution;

/// <summary>How an orchestrator ended, or that it goes on in a next generation.</summary>
internal sealed record Outcome(EventKind Kind, string? Output = null, Failure? Failure = null);

/// <summary>A running orchestrator: the user's code, parked at its awaits. Events go in, what it asks for comes out.</summary>
internal sealed class Orchestrator
{
    [ThreadStatic]
    private static Orchestrator? current;

    private readonly Func<TaskOrchestrationContext, Task<object?>> code;
    private readonly Func<HistoryEvent, string?> text;
    private readonly Continuations continuations;
    private readonly Queue<HistoryEvent> held = new();
    private Task<object?>? body;
    private bool isSuspended;

    public Orchestrator(Instance instance, Func<TaskOrchestrationContext, Task<object?>> code, OrchestratorServices services)
    {
        this.code = code;
        text = e => services.Payloads.Text(instance.Key, e);
        continuations = new(this);
        Context = new(this, instance, services.Text(instance.Key, instance.Input), services);
    }

    /// <summary>Called once, from a foreign thread, when the code awaited something that is not durable.</summary>
    public Action? LeftItsThread { get; set; }

    public OrchestrationContext Context { get; }

    public bool IsReplaying { get; private set; }

    public bool IsOnThread => current == this;

    /// <summary>Brings the code to where the history ends; throws when it does not want to go there.</summary>
    public void Replay(List<List<HistoryEvent>> turns)
    {
        IsReplaying = true;
        var sequence = 0;
        foreach (var turn in turns)
        {
            var inputs = turn.TakeWhile(e => e.Kind < EventKind.TaskScheduled).ToList();
            Advance(inputs);
            ReplayMismatchException.Compare(turn[inputs.Count..], Context.TakeActions(), sequence + inputs.Count, Ending());
            sequence += turn.Count;
        }

        Context.TakeCancelledTimers();
        Context.TakeCustomStatus();
        IsReplaying = false;
    }

    /// <summary>Runs the code through these events; the outcome is null while it has something to wait for.</summary>
    public Outcome? Run(IEnumerable<HistoryEvent> turn)
    {
        Advance(turn);
        return Ending();
    }

    private void Advance(IEnumerable<HistoryEvent> events)
    {
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(continuations);
        current = this;
        try
        {
            foreach (var e in events)
            {
                Apply(e);
                continuations.Drain();
            }
        }
        finally
        {
            current = null;
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    private void Apply(HistoryEvent e)
    {
        if (e.Kind is EventKind.TurnStarted)
        {
            Context.BeginTurn(e.At!.Value);
        }
        else if (e.Kind is EventKind.ExecutionResumed)
        {
            isSuspended = false;
            while (!isSuspended && held.TryDequeue(out var late))
            {
                Apply(late);
                continuations.Drain();
            }
        }
        else if (isSuspended)
        {
            held.Enqueue(e);
        }
        else
        {
            Take(e);
        }
    }

    private void Take(HistoryEvent e)
    {
        switch (e.Kind)
        {
            case EventKind.ExecutionStarted:
                body = Begin();
                break;
            case EventKind.TaskCompleted or EventKind.SubOrchestrationCompleted:
                Context.Complete(e.Id!.Value, text(e));
                break;
            case EventKind.TimerFired:
                Context.Complete(e.Id!.Value, null);
                break;
            case EventKind.TaskFailed or EventKind.SubOrchestrationFailed:
                Context.Fail(e.Id!.Value, e.Failure!);
                break;
            case EventKind.EventRaised:
                Context.Events.Raise(e.Name!, text(e));
                break;
            case EventKind.ExecutionSuspended:
                isSuspended = true;
                break;
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever the code throws before its first await is its failure.")]
    private Task<object?> Begin()
    {
        try
        {
            return code(Context);
        }
        catch (Exception exception)
        {
            return Task.FromException<object?>(exception);
        }
    }

    /// <summary>An orchestration ends when its code has returned and nothing that it began is still open.</summary>
    private Outcome? Ending()
    {
        if (body is null || Context.HasOpenTasks || isSuspended)
        {
            return null;
        }

        if (!body.IsCompleted)
        {
            // With nothing open, only something that is not durable can be what it waits for.
            return Context.Events.IsAwaited
                ? null
                : new(EventKind.ExecutionFailed, Failure: Failure.Of(OrchestrationContext.LeftItsThread()));
        }

        return Result(body);
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever the code or the converter throws is the orchestration's failure.")]
    private Outcome Result(Task<object?> ended)
    {
        try
        {
            var output = ended.GetAwaiter().GetResult();
            return Context.Continuation is null
                ? new(EventKind.ExecutionCompleted, Context.Serialize(output, "output"))
                : new(EventKind.ContinuedAsNew);
        }
        catch (Exception exception)
        {
            return new(EventKind.ExecutionFailed, Failure: Failure.Of(exception));
        }
    }

    /// <summary>Keeps continuations on the turn's thread. One that comes from another thread belongs to an await that no replay
    /// could repeat: it is not run, and the instance is failed.</summary>
    private sealed class Continuations(Orchestrator owner) : SynchronizationContext
    {
        private readonly Queue<(SendOrPostCallback Callback, object? State)> posted = new();
        private int left;

        public override SynchronizationContext CreateCopy() => this;

        public override void Post(SendOrPostCallback d, object? state)
        {
            if (owner.IsOnThread)
            {
                posted.Enqueue((d, state));
            }
            else if (Interlocked.Exchange(ref left, 1) == 0)
            {
                owner.LeftItsThread?.Invoke();
            }
        }

        public override void Send(SendOrPostCallback d, object? state)
        {
            if (!owner.IsOnThread)
            {
                throw OrchestrationContext.LeftItsThread();
            }

            d(state);
        }

        public void Drain()
        {
            while (posted.TryDequeue(out var next))
            {
                next.Callback(next.State);
            }
        }
    }
}
