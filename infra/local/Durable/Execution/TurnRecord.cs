using System.Text.Json;
using Launchpad.Durable.Storage;
using Microsoft.DurableTask.Client;

namespace Launchpad.Durable.Execution;

/// <summary>What one turn adds: the events of its history row, the other writes of the same transaction, and what follows
/// once they are durable.</summary>
internal sealed class TurnRecord
{
    private readonly Parts parts;
    private readonly int before;
    private readonly List<HistoryEvent> events = [];
    private readonly List<Write> writes = [];
    private readonly List<Action> follow = [];
    private bool isUpdated;
    private Stored output;
    private Failure? failure;

    public TurnRecord(Parts parts, Instance instance, List<Message> messages)
    {
        this.parts = parts;
        Instance = instance;
        before = instance.EventCount;
        var at = messages.Aggregate(
            parts.Now > instance.Updated ? parts.Now : instance.Updated,
            (latest, message) => message.Event.Kind is EventKind.TimerFired && message.Event.At > latest ? message.Event.At.Value : latest);
        var started = new HistoryEvent(EventKind.TurnStarted) { At = at };
        foreach (var message in messages)
        {
            Take(message, started);
        }
    }

    public Instance Instance { get; }

    public DateTime At => Instance.Updated;

    /// <summary>What the turn takes in, its own start first; empty when nothing of it means anything any more.</summary>
    public IReadOnlyList<HistoryEvent> Inputs => events;

    public bool IsFirst => before == 0;

    public void Decide(HistoryEvent e)
    {
        // A child's input and an event's payload belong to their receiver; here only their size is worth recording.
        var kept = e.Kind is EventKind.SubOrchestrationCreated or EventKind.EventSent && e.Data is { } data
            ? e with { Data = null, Size = System.Text.Encoding.UTF8.GetByteCount(data) }
            : e;
        events.Add(kept);
        Instance.Track(kept);
    }

    /// <summary>Records that the engine itself suspended the instance, before what came in: that waits until it is resumed.</summary>
    public void Suspend(Failure problem)
    {
        Instance.Orchestrator = null;
        Instance.Problem = problem;
        Instance.IsSuspending = true;
        SetStatus(OrchestrationRuntimeStatus.Suspended, problem);
        if (events.RemoveAll(e => e.Kind is EventKind.ExecutionResumed) > 0)
        {
            // It was resumed in vain: the history goes on as if it had not been.
            Instance.Track(new(EventKind.ExecutionSuspended));
            Instance.EventCount = before;
            events.Clear();
            return;
        }

        var suspended = new HistoryEvent(EventKind.ExecutionSuspended) { Reason = problem.Message };
        events.Insert(1, suspended);
        Instance.Track(suspended);
    }

    public void SetStatus(OrchestrationRuntimeStatus status, Failure? problem = null)
    {
        isUpdated |= Instance.Status != status || failure != problem;
        Instance.Status = status;
        failure = problem;
    }

    public void SetCustomStatus(string? value)
    {
        Instance.CustomStatus = parts.Store(Instance.Key, Instance.Generation, value);
        isUpdated = true;
    }

    public void SetOutput(string? value) => output = parts.Store(Instance.Key, Instance.Generation, value);

    public void Add(Write? write)
    {
        if (write is not null)
        {
            writes.Add(write);
        }
    }

    public void Then(Action action) => follow.Add(action);

    /// <summary>Sends a message that is as durable as this turn.</summary>
    public void Send(Instance receiver, HistoryEvent e)
    {
        var (message, write) = parts.Send(receiver, e);
        writes.Add(write);
        follow.Add(() => parts.Dispatcher.Deliver(receiver, message));
    }

    /// <summary>Replaces this turn's row, and all before it, by the beginning of the next generation.</summary>
    public void Renew(Stored input, string version, List<HistoryEvent> carried)
    {
        var grown = events.Count;
        writes.Add(new ContinueInstance(Instance.Key, version, Instance.Generation + 1, input));
        Instance.Renew(input, version);
        isUpdated = true;
        carried.ForEach(Instance.Track);
        events.Clear();
        events.AddRange(carried);
        Submit(before + grown);
    }

    public void Submit() => Submit(before + events.Count);

    private void Submit(int after)
    {
        if (events.Count > 0)
        {
            var recorded = events.ConvertAll(e => parts.Spill(Instance.Key, Instance.Generation, e));
            var json = JsonSerializer.SerializeToUtf8Bytes(recorded, EventJson.Readable.ListHistoryEvent);
            writes.Add(new AppendTurn(Instance.Key, ++Instance.Turns, json));
        }

        if (isUpdated)
        {
            writes.Add(new UpdateInstance(Instance.Key, Instance.Status, At, Instance.CustomStatus, output, failure));
            var isEnd = Instance.Status is not (
                OrchestrationRuntimeStatus.Pending or OrchestrationRuntimeStatus.Running or OrchestrationRuntimeStatus.Suspended);
            follow.Add(() => parts.Waiters.Signal(Instance.Id, isEnd));
        }

        parts.Writer.Submit(new([.. writes])
        {
            Growth = (Instance.Name, before, after),
            Committed = () =>
            {
                follow.ForEach(action => action());
                parts.Dispatcher.Release(Instance);
            },
        });
    }

    private void Take(Message message, HistoryEvent started)
    {
        if (message.Sequence != 0)
        {
            writes.Add(new RemoveMessage(message.Sequence));
        }

        if (!Instance.Expects(message.Event))
        {
            return;
        }

        if (events.Count == 0)
        {
            events.Add(started);
            Instance.Track(started);
        }

        var e = message.Event with { Generation = null };
        if (e.Kind is not EventKind.LeftItsThread)
        {
            events.Add(e);
        }

        Instance.Track(e);
        if (e.Kind is EventKind.TaskCompleted or EventKind.TaskFailed)
        {
            Add(parts.Attempts.Clear(Instance.Key, e.Id!.Value));
        }
    }
}
