using Launchpad.Durable.Storage;
using Microsoft.DurableTask.Client;

namespace Launchpad.Durable.Execution;

/// <summary>Something that happened to an instance and that its next turn takes in. Without a number it is not in the database:
/// then it is implied by the history, and happens again after a crash.</summary>
internal sealed class Message(HistoryEvent e)
{
    public HistoryEvent Event { get; } = e;

    public long Sequence { get; set; }

    /// <summary>Steers the instance from outside; has a turn of its own.</summary>
    public bool IsControl => Event.Kind is EventKind.ExecutionSuspended or EventKind.ExecutionResumed
        or EventKind.ExecutionTerminated or EventKind.LeftItsThread;
}

/// <summary>An instance that has not ended, in memory. What the history implies is changed only by its turns, one at a time;
/// the inbox is open to every thread.</summary>
internal sealed class Instance(InstanceRow row)
{
    private readonly Lock gate = new();
    private readonly LinkedList<Message> inbox = new();
    private bool isQueued;
    private bool isGone;

    public long Key => row.Key;

    public string Id => row.Id;

    public string Name => row.Name;

    public string Version { get; private set; } = row.Version;

    public ParentLink? Parent => row.Parent;

    public DateTime? Starts => row.Starts;

    public int Generation { get; private set; } = row.Generation;

    public Stored Input { get; private set; } = row.Input;

    public OrchestrationRuntimeStatus Status { get; set; } = row.Status;

    public Stored CustomStatus { get; set; } = row.CustomStatus;

    /// <summary>Why it was suspended, when the engine did it.</summary>
    public Failure? Problem { get; set; } = row.Failure;

    public DateTime Updated { get; set; } = row.Updated;

    /// <summary>Whether what follows from the history is known: a new instance has none, one found at the start has to read it.</summary>
    public bool IsRecovered { get; set; }

    /// <summary>May have been what ended the process: its next turn is watched.</summary>
    public bool IsSuspect { get; set; }

    /// <summary>While its next turn is marked as a suspect: whether it runs alone.</summary>
    public bool? Watched { get; set; }

    /// <summary>Was told about the length of its history.</summary>
    public bool IsWarned { get; set; }

    public bool HasStarted { get; private set; }

    public bool IsSuspended { get; private set; }

    /// <summary>Whether it is suspended once its inbox is read.</summary>
    public bool IsSuspending { get; set; } = row.Status is OrchestrationRuntimeStatus.Suspended;

    public int EventCount { get; set; }

    /// <summary>How many rows the history of this generation has.</summary>
    public int Turns { get; set; }

    /// <summary>What was begun and has not ended, by task id.</summary>
    public Dictionary<int, HistoryEvent> Open { get; } = [];

    public Orchestrator? Orchestrator { get; set; }

    /// <summary>Follows the history: the same steps when it is written and when it is read.</summary>
    public void Track(HistoryEvent e)
    {
        EventCount++;
        switch (e.Kind)
        {
            case EventKind.TurnStarted:
                Updated = e.At!.Value;
                break;
            case EventKind.ExecutionStarted:
                HasStarted = true;
                break;
            case EventKind.ExecutionSuspended:
                IsSuspended = true;
                break;
            case EventKind.ExecutionResumed:
                IsSuspended = false;
                break;
            case EventKind.TaskScheduled or EventKind.SubOrchestrationCreated or EventKind.TimerCreated:
                Open.Add(e.Id!.Value, e);
                break;
            case EventKind.TaskCompleted or EventKind.TaskFailed or EventKind.TimerFired
                or EventKind.SubOrchestrationCompleted or EventKind.SubOrchestrationFailed:
                Open.Remove(e.Id!.Value);
                break;
        }
    }

    /// <summary>Whether an event still means something; late and repeated ones do not.</summary>
    public bool Expects(HistoryEvent e)
    {
        if (e.Generation is { } generation && generation != Generation)
        {
            return false;
        }

        return e.Kind switch
        {
            EventKind.ExecutionStarted => !HasStarted,
            EventKind.ExecutionSuspended => !IsSuspended,
            EventKind.ExecutionResumed => IsSuspended,
            EventKind.TaskCompleted or EventKind.TaskFailed => IsOpen(e, EventKind.TaskScheduled),
            EventKind.TimerFired => IsOpen(e, EventKind.TimerCreated) && Open[e.Id!.Value].At <= e.At,
            EventKind.SubOrchestrationCompleted or EventKind.SubOrchestrationFailed => IsOpen(e, EventKind.SubOrchestrationCreated),
            _ => true,
        };
    }

    /// <summary>Begins the next generation: nothing of the old one is left but the instance and its inbox.</summary>
    public void Renew(Stored input, string version)
    {
        Generation++;
        Input = input;
        Version = version;
        CustomStatus = default;
        HasStarted = false;
        EventCount = 0;
        Turns = 0;
        Open.Clear();
        Orchestrator = null;
    }

    /// <summary>Adds to the inbox; true when the instance has to be queued for a turn, null when it has ended.</summary>
    public bool? Deliver(Message message, bool first = false)
    {
        lock (gate)
        {
            if (isGone)
            {
                return null;
            }

            if (first)
            {
                inbox.AddFirst(message);
            }
            else
            {
                inbox.AddLast(message);
            }

            IsSuspending = message.Event.Kind switch
            {
                EventKind.ExecutionSuspended => true,
                EventKind.ExecutionResumed => false,
                _ => IsSuspending,
            };
            return !isQueued && (isQueued = true);
        }
    }

    /// <summary>The messages of the next turn: one that steers, alone, or all before the next of these.</summary>
    public List<Message> Take()
    {
        var taken = new List<Message>();
        lock (gate)
        {
            while (inbox.First is { } next && (taken.Count == 0 || !next.Value.IsControl))
            {
                taken.Add(next.Value);
                inbox.RemoveFirst();
                if (next.Value.IsControl)
                {
                    break;
                }
            }
        }

        return taken;
    }

    /// <summary>Puts messages back that were taken for a turn that is not to be yet.</summary>
    public void Return(List<Message> messages)
    {
        lock (gate)
        {
            for (var i = messages.Count - 1; i >= 0; i--)
            {
                inbox.AddFirst(messages[i]);
            }
        }
    }

    /// <summary>Ends a turn; true when there is more to do and the instance stays queued.</summary>
    public bool Release()
    {
        lock (gate)
        {
            return isQueued = inbox.Count > 0;
        }
    }

    /// <summary>Queues the instance for a turn without a message; false when it is queued already.</summary>
    public bool Claim()
    {
        lock (gate)
        {
            return !isQueued && (isQueued = true);
        }
    }

    /// <summary>Ends the instance: what is in its inbox is given back, because no turn may come after the last one.</summary>
    public List<Message> Close()
    {
        lock (gate)
        {
            isGone = true;
            List<Message> unread = [.. inbox];
            inbox.Clear();
            return unread;
        }
    }

    private bool IsOpen(HistoryEvent e, EventKind began) => Open.TryGetValue(e.Id!.Value, out var open) && open.Kind == began;
}
