using DurableTask.Core;
using DurableTask.Core.Exceptions;
using DurableTask.Core.History;
using Launchpad.Durable.Storage;

namespace Launchpad.Durable.Dispatch;

/// <summary>An instance that a dispatcher works on, with what it has read.</summary>
internal sealed class InstanceWorkItem : TaskOrchestrationWorkItem
{
    public required Slot Slot { get; init; }

    /// <summary>Null for an entity that nobody has called before.</summary>
    public required Execution? Execution { get; set; }

    public required List<QueuedMessage> Taken { get; set; }
}

/// <summary>What one turn of an instance leaves behind: one transaction, and what follows when it is durable.</summary>
internal sealed class Turn
{
    private readonly InstanceWorkItem item;
    private readonly OrchestrationState state;
    private readonly IList<HistoryEvent> events;
    private readonly byte[] packed;
    private readonly byte[] detail = [];
    private readonly bool isNewExecution;
    private readonly bool hasEnded;
    private readonly List<(QueuedTask Task, byte[] Packed)> tasks = [];
    private readonly List<ChildBirth> children = [];
    private readonly List<Outgoing> messages = [];
    private readonly QueuedMessage[] timersGone = [];
    private long key;

    public Turn(
        InstanceWorkItem item,
        Hub hub,
        OrchestrationRuntimeState runtime,
        OrchestrationState state,
        IEnumerable<TaskMessage> activities,
        IEnumerable<TaskMessage> outgoing)
    {
        this.item = item;
        this.state = state;
        isNewExecution = item.Execution is null || item.Execution.Id != state.OrchestrationInstance.ExecutionId;
        hasEnded = Statuses.HasEnded(state.OrchestrationStatus);
        events = [.. isNewExecution ? runtime.Events : runtime.NewEvents];
        packed = EventPacking.Pack((IReadOnlyCollection<HistoryEvent>)events);
        Size = packed.Length;
        if (isNewExecution || hasEnded)
        {
            detail = InstanceRow.Detail(state);
            timersGone = item.Execution is null ? [] : hub.TimersOf(item.Slot, item.Execution.Id);
        }

        foreach (var message in activities)
        {
            tasks.Add((new(message), EventPacking.Pack(message)));
            Size = Math.Max(Size, tasks[^1].Packed.Length);
        }

        foreach (var message in outgoing)
        {
            if (message.Event is ExecutionStartedEvent)
            {
                children.Add(new(message));
                Size = Math.Max(Size, children[^1].Size);
            }
            else
            {
                messages.Add(new(message));
                Size = Math.Max(Size, messages[^1].Size);
            }
        }
    }

    /// <summary>Of its largest part.</summary>
    public int Size { get; }

    public int Number => isNewExecution ? 1 : item.Execution!.Turns + 1;

    private int EventsBefore => isNewExecution ? 0 : item.Execution!.History.Count;

    public Commit ToCommit(Opened store) => new()
    {
        Growth = (state.Name, EventsBefore, EventsBefore + events.Count),
        Apply = Apply,
        Committed = () =>
        {
            store.Metrics.Turn();
            Follow(store.Hub, store.Waiters);
        },
    };

    private SessionAbortedException? Apply(WriteStatements database)
    {
        if (!Update(database))
        {
            return new SessionAbortedException($"Instance '{item.InstanceId}' was begun anew or purged while a turn of it went on.");
        }

        if (isNewExecution && item.Execution is not null)
        {
            database.ClearHistory(key);
        }

        database.Append(key, Number, packed);
        item.Taken.ForEach(message => database.RemoveMessage(message.Sequence));
        Array.ForEach(timersGone, timer => database.RemoveMessage(timer.Sequence));
        foreach (var (task, message) in tasks)
        {
            task.Sequence = database.AddTask(item.InstanceId, message);
        }

        children.ForEach(child => child.Apply(database));
        messages.ForEach(message => message.Apply(database));
        return null;
    }

    private bool Update(WriteStatements database)
    {
        if (item.Execution is null)
        {
            key = database.Find(item.InstanceId) is null ? database.Create(state, detail) : 0;
            return key != 0;
        }

        key = item.Execution.Key;
        return isNewExecution || hasEnded
            ? database.Update(key, item.Execution.Id, state, detail)
            : database.Progress(key, item.Execution.Id, state);
    }

    private void Follow(Hub hub, Waiters waiters)
    {
        if (isNewExecution)
        {
            item.Execution = new(key, state.OrchestrationInstance.ExecutionId);
            hub.Begin(item.InstanceId, item.Execution);
        }

        item.Execution!.History.AddRange(events);
        item.Execution.Turns = isNewExecution ? 1 : item.Execution.Turns + 1;
        item.Execution.Status = state.OrchestrationStatus;
        item.Taken = [];
        item.Slot.Abandoned = 0;
        hub.Forget(item.Slot, timersGone);
        tasks.ForEach(each => hub.Tasks.Writer.TryWrite(each.Task));
        children.ForEach(child => child.Follow(hub));
        messages.ForEach(message => hub.Arrive(message.Queued));
        if (hasEnded)
        {
            waiters.Ended(state);
        }
    }
}
