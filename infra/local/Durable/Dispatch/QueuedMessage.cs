using DurableTask.Core;
using DurableTask.Core.Common;
using DurableTask.Core.History;
using Launchpad.Durable.Storage;

namespace Launchpad.Durable.Dispatch;

/// <summary>A message that an instance has not read yet, or not before its time.</summary>
internal sealed class QueuedMessage(TaskMessage message, DateTime? due)
{
    /// <summary>Its place in the order of commits.</summary>
    public long Sequence { get; set; }

    public TaskMessage Message { get; } = message;

    public DateTime? Due { get; } = due;

    /// <summary>Nobody waits for it any more.</summary>
    public bool IsForgotten { get; set; }

    public string Instance => Message.OrchestrationInstance.InstanceId;

    public HistoryEvent Event => Message.Event;

    /// <summary>When a message is to be read; null at once.</summary>
    public static DateTime? DueOf(TaskMessage message)
    {
        var due = message.Event switch
        {
            TimerFiredEvent timer => timer.FireAt,
            ExecutionStartedEvent { ScheduledStartTime: { } start } => start,
            _ when Entities.IsDelayedEntityMessage(message, out var time) => time,
            _ => default,
        };
        return due == default ? null : due.Kind is DateTimeKind.Local ? due.ToUniversalTime() : due;
    }
}

/// <summary>A message and how it is written.</summary>
internal sealed class Outgoing
{
    private readonly byte[] packed;

    public Outgoing(TaskMessage message)
    {
        Queued = new(message, QueuedMessage.DueOf(message));
        packed = EventPacking.Pack(message);
    }

    public QueuedMessage Queued { get; }

    public int Size => packed.Length;

    public void Apply(WriteStatements database) => Queued.Sequence = database.AddMessage(Queued.Instance, Queued.Due, packed);
}

/// <summary>An activity that has not ended.</summary>
internal sealed class QueuedTask(TaskMessage message)
{
    public long Sequence { get; set; }

    public TaskMessage Message { get; } = message;
}
