using DurableTask.Core;
using DurableTask.Core.History;

namespace Launchpad.Durable.Dispatch;

/// <summary>One run of an instance, as far as it is durable. Only the turn that has locked the instance changes it.</summary>
internal sealed class Execution(long key, string id)
{
    /// <summary>The instance's in the database.</summary>
    public long Key { get; } = key;

    public string Id { get; } = id;

    public OrchestrationStatus Status { get; set; }

    public List<HistoryEvent> History { get; init; } = [];

    public int Turns { get; set; }
}

/// <summary>What memory holds of one instance. All of it is guarded by the <see cref="Hub"/>.</summary>
internal sealed class Slot(string id)
{
    public string Id { get; } = id;

    /// <summary>Durable, due, and not yet read by a turn.</summary>
    public List<QueuedMessage> Waiting { get; set; } = [];

    public HashSet<QueuedMessage> Timers { get; } = [];

    /// <summary>Null when it has to be read from the database.</summary>
    public Execution? Execution { get; set; }

    public bool IsLocked { get; set; }

    public bool IsQueued { get; set; }

    /// <summary>How many turns in a row came to nothing.</summary>
    public int Abandoned { get; set; }

    /// <summary>A session that waits for the next message.</summary>
    public TaskCompletionSource? Session { get; set; }

    /// <summary>Its place among those that are only kept to be quick.</summary>
    public LinkedListNode<Slot>? Idle { get; set; }
}
