using System.Text;
using Microsoft.DurableTask;

namespace Launchpad.Durable;

/// <summary>One line of an instance's story. Sizes, not texts: what customers typed stays where it is.</summary>
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

    public int InputBytes { get; init; }

    public int ResultBytes { get; init; }

    public TaskFailureDetails? Failure { get; init; }

    internal static List<HistoryRow> Of(IEnumerable<HistoryEvent> events, DateTimeOffset created)
    {
        var rows = new List<HistoryRow>();
        var names = new Dictionary<int, string?>();
        var time = created;
        foreach (var e in events)
        {
            time = e.Kind is EventKind.TurnStarted ? e.At!.Value : time;
            if (e.Kind >= EventKind.TaskScheduled && e.Id is { } id)
            {
                names[id] = e.Name;
            }

            var bytes = e.Size ?? (e.Data is null ? 0 : Encoding.UTF8.GetByteCount(e.Data));
            var isResult = e.Kind is EventKind.TaskCompleted or EventKind.SubOrchestrationCompleted;
            rows.Add(new(rows.Count + 1, time, e.Kind.ToString())
            {
                Name = e.Name ?? (e.Id is { } task ? names.GetValueOrDefault(task) : null),
                TaskId = e.Id,
                FireAt = e.Kind is EventKind.TimerCreated ? e.At : null,
                Instance = e.Instance,
                Reason = e.Reason,
                InputBytes = isResult ? 0 : bytes,
                ResultBytes = isResult ? bytes : 0,
                Failure = e.Failure?.ToDetails(),
            });
        }

        return rows;
    }
}
