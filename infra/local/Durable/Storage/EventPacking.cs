using System.Runtime.CompilerServices;
using DurableTask.Core;
using DurableTask.Core.History;
using Newtonsoft.Json;

namespace Launchpad.Durable.Storage;

/// <summary>DurableTask's messages and events as bytes and back, member by member: no names, and no types to look up.</summary>
internal static partial class EventPacking
{
    public static byte[] Pack(IReadOnlyCollection<HistoryEvent> events)
    {
        var packer = Packer.Begin();
        packer.Number(events.Count);
        foreach (var e in events)
        {
            Write(packer, e);
        }

        return packer.Seal();
    }

    public static List<HistoryEvent> Events(ReadOnlySpan<byte> packed)
    {
        var unpacker = new Unpacker(packed);
        var count = unpacker.Int32();
        var events = new List<HistoryEvent>(Math.Clamp(count, 0, packed.Length));
        for (; count > 0; count--)
        {
            events.Add(Event(ref unpacker));
        }

        return events;
    }

    public static byte[] Pack(TaskMessage message)
    {
        var packer = Packer.Begin();
        Write(packer, message.OrchestrationInstance);
        packer.Number(message.SequenceNumber);
        packer.Flag(message.OrchestrationExecutionContext is not null);
        if (message.OrchestrationExecutionContext is { } context)
        {
            packer.Map(context.OrchestrationTags);
        }

        Write(packer, message.Event);
        return packer.Seal();
    }

    public static TaskMessage Message(ReadOnlySpan<byte> packed)
    {
        var unpacker = new Unpacker(packed);
        var message = new TaskMessage { OrchestrationInstance = Instance(ref unpacker), SequenceNumber = unpacker.Number() };
        if (unpacker.Flag())
        {
            message.OrchestrationExecutionContext = new();
            SetTags(message.OrchestrationExecutionContext, unpacker.Map()!);
        }

        message.Event = Event(ref unpacker);
        return message;
    }

    private static void Write(Packer packer, HistoryEvent e)
    {
        packer.Byte((byte)e.EventType);
        packer.Number(e.EventId);
        packer.Flag(e.IsPlayed);
        packer.Time(e.Timestamp);
        switch (e)
        {
            case ExecutionStartedEvent started:
                packer.Text(started.Input);
                Write(packer, started.OrchestrationInstance);
                Write(packer, started.ParentInstance);
                packer.Text(started.Name);
                packer.Text(started.Version);
                packer.Map(started.Tags);
                packer.Text(started.Correlation);
                Write(packer, started.ParentTraceContext);
                packer.Optional(started.ScheduledStartTime);
                packer.Optional(started.Generation);
                packer.Flag(started.GenerateNewTrace);
                break;
            case ExecutionCompletedEvent completed:
                packer.Text(completed.Result);
                packer.Number((int)completed.OrchestrationStatus);
                Write(packer, completed.FailureDetails);
                break;
            case TaskScheduledEvent scheduled:
                packer.Text(scheduled.Name);
                packer.Text(scheduled.Version);
                packer.Text(scheduled.Input);
                Write(packer, scheduled.ParentTraceContext);
                packer.Map(scheduled.Tags);
                break;
            case TaskCompletedEvent completed:
                packer.Number(completed.TaskScheduledId);
                packer.Text(completed.Result);
                break;
            case TaskFailedEvent failed:
                packer.Number(failed.TaskScheduledId);
                packer.Text(failed.Reason);
                packer.Text(failed.Details);
                Write(packer, failed.FailureDetails);
                break;
            case SubOrchestrationInstanceCreatedEvent created:
                packer.Text(created.Name);
                packer.Text(created.Version);
                packer.Text(created.InstanceId);
                packer.Text(created.Input);
                packer.Text(created.ClientSpanId);
                packer.Map(created.Tags);
                break;
            case SubOrchestrationInstanceCompletedEvent completed:
                packer.Number(completed.TaskScheduledId);
                packer.Text(completed.Result);
                break;
            case SubOrchestrationInstanceFailedEvent failed:
                packer.Number(failed.TaskScheduledId);
                packer.Text(failed.Reason);
                packer.Text(failed.Details);
                Write(packer, failed.FailureDetails);
                break;
            case TimerCreatedEvent created:
                packer.Time(created.FireAt);
                break;
            case TimerFiredEvent fired:
                packer.Number(fired.TimerId);
                packer.Time(fired.FireAt);
                break;
            case EventRaisedEvent raised:
                packer.Text(raised.Name);
                packer.Text(raised.Input);
                Write(packer, raised.ParentTraceContext);
                break;
            case EventSentEvent sent:
                packer.Text(sent.InstanceId);
                packer.Text(sent.Name);
                packer.Text(sent.Input);
                break;
            case ExecutionTerminatedEvent terminated:
                packer.Text(terminated.Input);
                break;
            case ExecutionSuspendedEvent suspended:
                packer.Text(suspended.Reason);
                break;
            case ExecutionResumedEvent resumed:
                packer.Text(resumed.Reason);
                break;
            case ExecutionRewoundEvent rewound:
                packer.Text(rewound.Reason);
                packer.Text(rewound.ParentExecutionId);
                packer.Text(rewound.InstanceId);
                Write(packer, rewound.ParentTraceContext);
                break;
            case GenericEvent generic:
                packer.Text(generic.Data);
                break;
            case HistoryStateEvent state:
                packer.Text(JsonConvert.SerializeObject(state.State));
                break;
            case OrchestratorStartedEvent or OrchestratorCompletedEvent:
                break;
            default:
                throw new NotSupportedException($"The store has no form for {e.GetType()}.");
        }
    }

    private static HistoryEvent Event(ref Unpacker packed)
    {
        var type = (EventType)packed.Byte();
        var id = packed.Int32();
        var played = packed.Flag();
        var time = packed.Time();
        HistoryEvent e = type switch
        {
            EventType.ExecutionStarted => new ExecutionStartedEvent(id, packed.Text())
            {
                OrchestrationInstance = Instance(ref packed),
                ParentInstance = Parent(ref packed),
                Name = packed.Text(),
                Version = packed.Text(),
                Tags = packed.Map(),
                Correlation = packed.Text(),
                ParentTraceContext = Trace(ref packed),
                ScheduledStartTime = packed.OptionalTime(),
                Generation = (int?)packed.OptionalNumber(),
                GenerateNewTrace = packed.Flag(),
            },
            EventType.ExecutionCompleted => new ExecutionCompletedEvent(
                id, packed.Text(), (OrchestrationStatus)packed.Int32(), Failure(ref packed)),
            EventType.ContinueAsNew => Continued(id, ref packed),
            EventType.TaskScheduled => new TaskScheduledEvent(id, packed.Text()!, packed.Text(), packed.Text())
            {
                ParentTraceContext = Trace(ref packed),
                Tags = packed.Map(),
            },
            EventType.TaskCompleted => new TaskCompletedEvent(id, packed.Int32(), packed.Text()),
            EventType.TaskFailed => new TaskFailedEvent(id, packed.Int32(), packed.Text(), packed.Text(), Failure(ref packed)),
            EventType.SubOrchestrationInstanceCreated => new SubOrchestrationInstanceCreatedEvent(id)
            {
                Name = packed.Text(),
                Version = packed.Text(),
                InstanceId = packed.Text(),
                Input = packed.Text(),
                ClientSpanId = packed.Text(),
                Tags = packed.Map(),
            },
            EventType.SubOrchestrationInstanceCompleted => new SubOrchestrationInstanceCompletedEvent(id, packed.Int32(), packed.Text()),
            EventType.SubOrchestrationInstanceFailed => new SubOrchestrationInstanceFailedEvent(
                id, packed.Int32(), packed.Text(), packed.Text(), Failure(ref packed)),
            EventType.TimerCreated => new TimerCreatedEvent(id, packed.Time()),
            EventType.TimerFired => new TimerFiredEvent(id) { TimerId = packed.Int32(), FireAt = packed.Time() },
            EventType.EventRaised => Raised(id, ref packed),
            EventType.EventSent => new EventSentEvent(id) { InstanceId = packed.Text(), Name = packed.Text(), Input = packed.Text() },
            EventType.ExecutionTerminated => new ExecutionTerminatedEvent(id, packed.Text()),
            EventType.ExecutionSuspended => new ExecutionSuspendedEvent(id, packed.Text()),
            EventType.ExecutionResumed => new ExecutionResumedEvent(id, packed.Text()),
            EventType.ExecutionRewound => new ExecutionRewoundEvent(id, packed.Text())
            {
                ParentExecutionId = packed.Text(),
                InstanceId = packed.Text(),
                ParentTraceContext = Trace(ref packed),
            },
            EventType.GenericEvent => new GenericEvent(id, packed.Text()),
            EventType.HistoryState => new HistoryStateEvent(id, JsonConvert.DeserializeObject<OrchestrationState>(packed.Text()!)),
            EventType.OrchestratorStarted => new OrchestratorStartedEvent(id),
            EventType.OrchestratorCompleted => new OrchestratorCompletedEvent(id),
            _ => throw new InvalidDataException($"it has an event of kind {type}, which this engine does not know"),
        };
        e.IsPlayed = played;
        e.Timestamp = time;
        return e;
    }

    private static ContinueAsNewEvent Continued(int id, ref Unpacker packed)
    {
        var continued = new ContinueAsNewEvent(id, packed.Text());
        _ = (packed.Number(), Failure(ref packed));
        return continued;
    }

    private static EventRaisedEvent Raised(int id, ref Unpacker packed)
    {
        var name = packed.Text();
        return new(id, packed.Text()) { Name = name, ParentTraceContext = Trace(ref packed) };
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_OrchestrationTags")]
    private static extern void SetTags(OrchestrationExecutionContext context, IDictionary<string, string> tags);
}
