using System.Globalization;
using DurableTask.Core.History;
using Core = DurableTask.Core;
using Kind = Microsoft.DurableTask.Protobuf.OrchestratorAction.OrchestratorActionTypeOneofCase;
using OrchestratorAction = Microsoft.DurableTask.Protobuf.OrchestratorAction;

namespace Launchpad.Host.Replay;

/// <summary>What an orchestrator decided, as it is recorded or as a worker answers it.</summary>
/// <param name="Id">Counts the decisions of an instance; the end has none.</param>
/// <param name="What">By this the framework tells whether the code is still the same.</param>
/// <param name="Data">What goes with it.</param>
internal sealed record Decision(int Id, string What, string? Data)
{
    // After all others, as nothing follows it.
    private const int Last = int.MaxValue;

    public bool IsEnd => Id == Last;

    public override string ToString() => IsEnd ? What : $"{What} (task {Id})";

    /// <summary>Functions have one name in any case.</summary>
    public bool IsLike(Decision other) =>
        Id == other.Id && string.Equals(What, other.What, StringComparison.OrdinalIgnoreCase);

    /// <summary>Null for what an orchestrator is told.</summary>
    public static Decision? Of(HistoryEvent e) => e switch
    {
        TaskScheduledEvent task => new(e.EventId, Activity(task.Name!), task.Input),
        SubOrchestrationInstanceCreatedEvent child => new(e.EventId, Child(child.Name), child.Input),
        TimerCreatedEvent timer => new(e.EventId, "timer", Time(timer.FireAt)),
        EventSentEvent sent => new(e.EventId, Event(sent.Name), sent.Input),
        ExecutionCompletedEvent ended => End(ended.OrchestrationStatus, ended.FailureDetails?.ErrorType, ended.Result),
        _ => null,
    };

    public static Decision Of(OrchestratorAction action) => action.OrchestratorActionTypeCase switch
    {
        Kind.ScheduleTask => new(action.Id, Activity(action.ScheduleTask.Name), action.ScheduleTask.Input),
        Kind.CreateSubOrchestration => new(action.Id, Child(action.CreateSubOrchestration.Name), action.CreateSubOrchestration.Input),
        Kind.CreateTimer => new(action.Id, "timer", Time(action.CreateTimer.FireAt.ToDateTime())),
        Kind.SendEvent => new(action.Id, Event(action.SendEvent.Name), action.SendEvent.Data),
        Kind.CompleteOrchestration => End(
            (Core.OrchestrationStatus)action.CompleteOrchestration.OrchestrationStatus,
            action.CompleteOrchestration.FailureDetails?.ErrorType, action.CompleteOrchestration.Result),
        var other => new(action.Id, other.ToString(), null),
    };

    private static string Activity(string name) => $"activity '{name}'";

    private static string Child(string name) => $"orchestration '{name}'";

    private static string Event(string? name) => $"event '{name}'";

    private static string Time(DateTime at) => at.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);

    private static Decision End(Core.OrchestrationStatus status, string? failure, string? result) => new(
        Last,
        status switch
        {
            Core.OrchestrationStatus.Completed => result is null ? "it completes" : $"it completes with {result}",
            Core.OrchestrationStatus.Failed => $"it fails with {failure}",
            Core.OrchestrationStatus.ContinuedAsNew => "it begins again",
            _ => $"it is {status}",
        },
        null);
}
