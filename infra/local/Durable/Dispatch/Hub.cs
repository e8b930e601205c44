using System.Threading.Channels;
using DurableTask.Core.Common;
using DurableTask.Core.Entities;

namespace Launchpad.Durable.Dispatch;

/// <summary>What is to be done next, in memory: instances with messages, timers, activities. All of it is durable before it gets here, and
/// whoever waits for work is woken, never asked.</summary>
internal sealed class Hub : IDisposable
{
    /// <summary>Instances whose history is kept although nothing goes on in them, and the events in all those histories.</summary>
    private const int IdleMax = 10_000;
    private const int IdleEventsMax = 1_000_000;

    private readonly TimeProvider time;
    private readonly EntityBackendProperties entityProperties;
    private readonly Timers timers;
    private readonly Dictionary<string, Slot> slots = new(StringComparer.Ordinal);
    private readonly LinkedList<Slot> idle = new();
    private readonly Lock gate = new();
    private readonly Channel<Slot> orchestrations = Channel.CreateUnbounded<Slot>();
    private readonly Channel<Slot> entities = Channel.CreateUnbounded<Slot>();
    private int idleEvents;

    public Hub(TimeProvider time, EntityBackendProperties entityProperties)
    {
        this.time = time;
        this.entityProperties = entityProperties;
        timers = new(time, Fire);
    }

    public Channel<QueuedTask> Tasks { get; } = Channel.CreateUnbounded<QueuedTask>();

    public ChannelReader<Slot> Orchestrations => orchestrations.Reader;

    public ChannelReader<Slot> EntitiesReady => entities.Reader;

    public int TimersPending => timers.Pending;

    public int Instances
    {
        get
        {
            lock (gate)
            {
                return slots.Count;
            }
        }
    }

    /// <summary>An instance begins, or begins anew: nothing of an earlier execution counts any more.</summary>
    public void Begin(string instance, Execution execution)
    {
        lock (gate)
        {
            var slot = Of(instance);
            Busy(slot);
            slot.Execution = execution;
        }
    }

    public void Arrive(QueuedMessage message)
    {
        lock (gate)
        {
            var slot = Of(message.Instance);
            if (message.Due is { } due && due > time.GetUtcNow().UtcDateTime)
            {
                slot.Timers.Add(message);
                timers.Arm(message);
            }
            else
            {
                Deliver(slot, message);
            }
        }
    }

    /// <summary>Locks the instance and takes what it has to read.</summary>
    public List<QueuedMessage> Lock(Slot slot)
    {
        lock (gate)
        {
            slot.IsQueued = false;
            slot.IsLocked = true;
            return Take(slot);
        }
    }

    public List<QueuedMessage> Take(Slot slot)
    {
        lock (gate)
        {
            var taken = slot.Waiting;
            slot.Waiting = [];
            slot.Session = null;
            return taken;
        }
    }

    /// <summary>Keeps what was read from the database, unless the instance was begun anew meanwhile.</summary>
    public Execution? Keep(Slot slot, Execution? read)
    {
        lock (gate)
        {
            return slot.Execution ??= read;
        }
    }

    /// <summary>What memory has of the locked instance is not so any more: the database has to be asked.</summary>
    public void Reload(Slot slot)
    {
        lock (gate)
        {
            slot.Execution = null;
        }
    }

    /// <summary>What a turn has taken and not used is the first that the next one reads.</summary>
    public void PutBack(Slot slot, List<QueuedMessage> taken)
    {
        lock (gate)
        {
            slot.Waiting.InsertRange(0, taken);
        }
    }

    /// <summary>Completed when there is something to read.</summary>
    public Task ArrivalAsync(Slot slot)
    {
        lock (gate)
        {
            if (slot.Waiting.Count > 0)
            {
                return Task.CompletedTask;
            }

            slot.Session = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return slot.Session.Task;
        }
    }

    /// <summary>The timers of the execution that ends.</summary>
    public QueuedMessage[] TimersOf(Slot slot, string execution)
    {
        lock (gate)
        {
            return slot.Timers.Count == 0
                ? []
                : [.. slot.Timers.Where(timer => timer.Message.OrchestrationInstance.ExecutionId == execution)];
        }
    }

    public void Forget(Slot slot, QueuedMessage[] gone)
    {
        lock (gate)
        {
            slot.Timers.ExceptWith(gone);
            timers.Forget(gone);
        }
    }

    /// <summary>Ends the lock. What came meanwhile is read next; after turns that came to nothing only in a while.</summary>
    public void Release(Slot slot, bool isHeld = false)
    {
        lock (gate)
        {
            slot.IsLocked = false;
            slot.Session = null;
            if (slot.Waiting.Count > 0 && !isHeld)
            {
                if (slot.Abandoned == 0)
                {
                    Queue(slot);
                }
                else
                {
                    _ = QueueLaterAsync(slot, TimeSpan.FromMilliseconds(50 * Math.Pow(2, Math.Min(slot.Abandoned, 10))));
                }
            }
            else
            {
                Rest(slot);
            }
        }
    }

    public void Dispose() => timers.Dispose();

    private async Task QueueLaterAsync(Slot slot, TimeSpan wait)
    {
        await Task.Delay(wait, time);
        lock (gate)
        {
            if (!slot.IsLocked && slot.Waiting.Count > 0)
            {
                Queue(slot);
            }
        }
    }

    private void Fire(List<QueuedMessage> due)
    {
        lock (gate)
        {
            foreach (var message in due)
            {
                var slot = Of(message.Instance);
                if (slot.Timers.Remove(message))
                {
                    Deliver(slot, message);
                }
            }
        }
    }

    private void Deliver(Slot slot, QueuedMessage message)
    {
        slot.Waiting.Add(message);
        if (slot.IsLocked)
        {
            slot.Session?.TrySetResult();
        }
        else
        {
            Queue(slot);
        }
    }

    private void Queue(Slot slot)
    {
        if (!slot.IsQueued)
        {
            slot.IsQueued = true;
            Busy(slot);
            var isApart = entityProperties.UseSeparateQueueForEntityWorkItems && Entities.IsEntityInstance(slot.Id);
            (isApart ? entities : orchestrations).Writer.TryWrite(slot);
        }
    }

    private Slot Of(string instance)
    {
        if (!slots.TryGetValue(instance, out var slot))
        {
            slots[instance] = slot = new(instance);
        }

        return slot;
    }

    private void Busy(Slot slot)
    {
        if (slot.Idle is not null)
        {
            idle.Remove(slot.Idle);
            idleEvents -= slot.Execution!.History.Count;
            slot.Idle = null;
        }
    }

    /// <summary>Nothing goes on in it. Its history stays in memory until others need the place.</summary>
    private void Rest(Slot slot)
    {
        if (slot.Execution is { } execution && !Storage.Statuses.HasEnded(execution.Status))
        {
            Busy(slot);
            slot.Idle = idle.AddLast(slot);
            idleEvents += execution.History.Count;
        }
        else
        {
            slot.Execution = null;
            Leave(slot);
        }

        while (idle.First is { } oldest && (idle.Count > IdleMax || idleEvents > IdleEventsMax))
        {
            Busy(oldest.Value);
            oldest.Value.Execution = null;
            Leave(oldest.Value);
        }
    }

    private void Leave(Slot slot)
    {
        if (slot.Timers.Count == 0 && slot.Waiting.Count == 0)
        {
            slots.Remove(slot.Id);
        }
    }
}
