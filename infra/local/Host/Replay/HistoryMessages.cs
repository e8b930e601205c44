using DurableTask.Core;
using DurableTask.Core.History;
using DurableTask.Core.Tracing;
using Google.Protobuf.WellKnownTypes;
using P = Microsoft.DurableTask.Protobuf;

namespace Launchpad.Host.Replay;

/// <summary>A store's history events in the words in which a worker is told of them. The extension has the same for itself and lends it
/// to nobody.</summary>
internal static class HistoryMessages
{
    public static P.HistoryEvent ToMessage(this HistoryEvent e)
    {
        var message = new P.HistoryEvent { EventId = e.EventId, Timestamp = At(e.Timestamp) };
        switch (e)
        {
            case ExecutionStartedEvent started: message.ExecutionStarted = Started(started); break;
            case ExecutionCompletedEvent ended: message.ExecutionCompleted = Ended(ended); break;
            case ExecutionTerminatedEvent terminated: message.ExecutionTerminated = new() { Input = terminated.Input }; break;
            case ExecutionSuspendedEvent suspended: message.ExecutionSuspended = new() { Input = suspended.Reason }; break;
            case ExecutionResumedEvent resumed: message.ExecutionResumed = new() { Input = resumed.Reason }; break;
            case ExecutionRewoundEvent rewound: message.ExecutionRewound = new() { Reason = rewound.Reason }; break;
            case TaskScheduledEvent task:
                message.TaskScheduled = new() { Name = task.Name, Version = task.Version, Input = task.Input };
                break;
            case TaskCompletedEvent task:
                message.TaskCompleted = new() { TaskScheduledId = task.TaskScheduledId, Result = task.Result };
                break;
            case TaskFailedEvent task:
                message.TaskFailed = new() { TaskScheduledId = task.TaskScheduledId, FailureDetails = Failure(task.FailureDetails) };
                break;
            case SubOrchestrationInstanceCreatedEvent child:
                message.SubOrchestrationInstanceCreated =
                    new() { InstanceId = child.InstanceId, Name = child.Name, Version = child.Version, Input = child.Input };
                break;
            case SubOrchestrationInstanceCompletedEvent child:
                message.SubOrchestrationInstanceCompleted = new() { TaskScheduledId = child.TaskScheduledId, Result = child.Result };
                break;
            case SubOrchestrationInstanceFailedEvent child:
                message.SubOrchestrationInstanceFailed =
                    new() { TaskScheduledId = child.TaskScheduledId, FailureDetails = Failure(child.FailureDetails) };
                break;
            case TimerCreatedEvent timer: message.TimerCreated = new() { FireAt = At(timer.FireAt) }; break;
            case TimerFiredEvent timer: message.TimerFired = new() { FireAt = At(timer.FireAt), TimerId = timer.TimerId }; break;
            case EventSentEvent sent:
                message.EventSent = new() { InstanceId = sent.InstanceId, Name = sent.Name, Input = sent.Input };
                break;
            case EventRaisedEvent raised: message.EventRaised = new() { Name = raised.Name, Input = raised.Input }; break;
            case GenericEvent generic: message.GenericEvent = new() { Data = generic.Data }; break;
            case OrchestratorStartedEvent: message.OrchestratorStarted = new(); break;
            case OrchestratorCompletedEvent: message.OrchestratorCompleted = new(); break;
            default: throw new NotSupportedException($"A history with {e.EventType} in it cannot be replayed.");
        }

        return message;
    }

    private static P.ExecutionStartedEvent Started(ExecutionStartedEvent e) => new()
    {
        Name = e.Name,
        Version = e.Version,
        Input = e.Input,
        OrchestrationInstance = Instance(e.OrchestrationInstance),
        ParentInstance = e.ParentInstance is not { } parent ? null : new()
        {
            Name = parent.Name,
            Version = parent.Version,
            TaskScheduledId = parent.TaskScheduleId,
            OrchestrationInstance = Instance(parent.OrchestrationInstance),
        },
        ScheduledStartTimestamp = e.ScheduledStartTime is { } at ? At(at) : null,
        ParentTraceContext = Trace(e.ParentTraceContext),
    };

    // Continue-as-new is a completion, too, whose result is the next input.
    private static P.ExecutionCompletedEvent Ended(ExecutionCompletedEvent e) => new()
    {
        OrchestrationStatus = (P.OrchestrationStatus)e.OrchestrationStatus,
        Result = e.Result,
        FailureDetails = Failure(e.FailureDetails),
    };

    private static P.OrchestrationInstance Instance(OrchestrationInstance instance) =>
        new() { InstanceId = instance.InstanceId, ExecutionId = instance.ExecutionId };

    private static P.TraceContext? Trace(DistributedTraceContext? trace) =>
        trace is null ? null : new() { TraceParent = trace.TraceParent, TraceState = trace.TraceState };

    private static P.TaskFailureDetails? Failure(FailureDetails? failure) => failure is null ? null : new()
    {
        ErrorType = failure.ErrorType,
        ErrorMessage = failure.ErrorMessage,
        StackTrace = failure.StackTrace,
        IsNonRetriable = failure.IsNonRetriable,
        InnerFailure = Failure(failure.InnerFailure),
    };

    private static Timestamp At(DateTime time) => Timestamp.FromDateTime(DateTime.SpecifyKind(time, DateTimeKind.Utc));
}
