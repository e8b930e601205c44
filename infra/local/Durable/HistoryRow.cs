using System.Text;
using DurableTask.Core;
using DurableTask.Core.History;
using Microsoft.DurableTask;

namespace Launchpad.Durable;

/// <summary>One line of an instance's story, its kind an <see cref="EventType"/>. Sizes, not texts: what customers typed stays where
/// it is.</summary>
public sealed record HistoryRow(int Sequence, DateTimeOffset Time, string Kind)
{
    /// <summary>The activity, sub-orchestration or event.</summary>
    public string? Name { get; init; }

    public int? TaskId { get; init; }

    /// <summary>When a timer fires.</summary>
    public DateTimeOffset? FireAt { get; init; }

    /// <summary>The other instance: a child, or the receiver of an event.</summary>
    public string? Instance { get; init; }

    public string? Reason { get; init; }

    /// <summary>How an execution ended.</summary>
    public string? Status { get; init; }

    public int InputBytes { get; init; }

    public int ResultBytes { get; init; }

    public TaskFailureDetails? Failure { get; init; }

    /// <summary>A history as rows, oldest event first.</summary>
    public static IReadOnlyList<HistoryRow> Of(IEnumerable<HistoryEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        var rows = new List<HistoryRow>();
        var names = new Dictionary<int, string?>();
        foreach (var e in events)
        {
            var row = Told(new(rows.Count + 1, new(e.Timestamp.ToUniversalTime(), TimeSpan.Zero), e.EventType.ToString()), e);
            if (e.EventId >= 0 && row is { TaskId: { } id, Name: { } name })
            {
                names[id] = name;
            }

            rows.Add(row with { Name = row.Name ?? (row.TaskId is { } task ? names.GetValueOrDefault(task) : null) });
        }

        return rows;
    }

    internal static TaskFailureDetails? Details(FailureDetails? failure) => failure is null
        ? null
        : new(failure.ErrorType, failure.ErrorMessage, failure.StackTrace, Details(failure.InnerFailure), failure.Properties);

    private static HistoryRow Told(HistoryRow row, HistoryEvent e) => e switch
    {
        ExecutionStartedEvent it => row with { Name = it.Name, InputBytes = Bytes(it.Input) },
        ExecutionCompletedEvent it => row with
        {
            Status = it.OrchestrationStatus.ToString(),
            ResultBytes = Bytes(it.Result),
            Failure = Details(it.FailureDetails),
        },
        TaskScheduledEvent it => row with { TaskId = it.EventId, Name = it.Name, InputBytes = Bytes(it.Input) },
        TaskCompletedEvent it => row with { TaskId = it.TaskScheduledId, ResultBytes = Bytes(it.Result) },
        TaskFailedEvent it => row with { TaskId = it.TaskScheduledId, Failure = Told(it.FailureDetails, it.Reason) },
        SubOrchestrationInstanceCreatedEvent it => row with
        {
            TaskId = it.EventId,
            Name = it.Name,
            Instance = it.InstanceId,
            InputBytes = Bytes(it.Input),
        },
        SubOrchestrationInstanceCompletedEvent it => row with { TaskId = it.TaskScheduledId, ResultBytes = Bytes(it.Result) },
        SubOrchestrationInstanceFailedEvent it => row with
        {
            TaskId = it.TaskScheduledId,
            Failure = Told(it.FailureDetails, it.Reason),
        },
        TimerCreatedEvent it => row with { TaskId = it.EventId, FireAt = new(it.FireAt.ToUniversalTime(), TimeSpan.Zero) },
        TimerFiredEvent it => row with { TaskId = it.TimerId },
        EventRaisedEvent it => row with { Name = it.Name, InputBytes = Bytes(it.Input) },
        EventSentEvent it => row with { TaskId = it.EventId, Name = it.Name, Instance = it.InstanceId, InputBytes = Bytes(it.Input) },
        ExecutionTerminatedEvent it => row with { Reason = it.Input },
        ExecutionSuspendedEvent it => row with { Reason = it.Reason },
        ExecutionResumedEvent it => row with { Reason = it.Reason },
        ExecutionRewoundEvent it => row with { Reason = it.Reason },
        _ => row,
    };

    /// <summary>Not every worker tells more of a failure than its reason.</summary>
    private static TaskFailureDetails? Told(FailureDetails? failure, string? reason) =>
        Details(failure) ?? new("", reason ?? "", null, null, null);

    private static int Bytes(string? text) => text is null ? 0 : Encoding.UTF8.GetByteCount(text);
}
