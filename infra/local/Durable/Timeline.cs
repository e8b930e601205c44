using System.Globalization;
using DurableTask.Core.History;

namespace Launchpad.Durable;

/// <summary>A history as lines that a person reads: when, what, how large and how long.</summary>
public static class Timeline
{
    public static IReadOnlyList<string> Of(IReadOnlyList<HistoryRow> history)
    {
        ArgumentNullException.ThrowIfNull(history);
        var begun = new Dictionary<int, DateTimeOffset>();
        var lines = new List<string>();
        foreach (var row in history)
        {
            if (row.Kind is nameof(EventType.OrchestratorStarted) or nameof(EventType.OrchestratorCompleted))
            {
                continue;
            }

            var took = "";
            if (row.TaskId is { } task && !begun.TryAdd(task, row.Time))
            {
                took = string.Create(CultureInfo.InvariantCulture, $", after {(row.Time - begun[task]).TotalSeconds:0.###} s");
            }

            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{row.Time.UtcDateTime:yyyy-MM-dd HH:mm:ss.fff}  {Words(row)}{took}"));
        }

        return lines;
    }

    private static string Words(HistoryRow row)
    {
        var task = $"#{row.TaskId}";
        return Enum.Parse<EventType>(row.Kind) switch
        {
            EventType.ExecutionStarted => $"started{Bytes(row.InputBytes)}",
            EventType.TaskScheduled => $"{task} activity {row.Name} begins{Bytes(row.InputBytes)}",
            EventType.TaskCompleted => $"{task} activity {row.Name} done{Bytes(row.ResultBytes)}",
            EventType.TaskFailed => $"{task} activity {row.Name} failed: {row.Failure}",
            EventType.SubOrchestrationInstanceCreated => $"{task} child {row.Name} {row.Instance} begins{Bytes(row.InputBytes)}",
            EventType.SubOrchestrationInstanceCompleted => $"{task} child {row.Name} done{Bytes(row.ResultBytes)}",
            EventType.SubOrchestrationInstanceFailed => $"{task} child {row.Name} failed: {row.Failure}",
            EventType.TimerCreated => string.Create(
                CultureInfo.InvariantCulture, $"{task} timer set for {row.FireAt?.UtcDateTime:yyyy-MM-dd HH:mm:ss.fff}"),
            EventType.TimerFired => $"{task} timer fires",
            EventType.EventRaised => $"event {row.Name} comes{Bytes(row.InputBytes)}",
            EventType.EventSent => $"{task} event {row.Name} is sent to {row.Instance}{Bytes(row.InputBytes)}",
            EventType.ExecutionSuspended => $"suspended{Because(row)}",
            EventType.ExecutionResumed => $"resumed{Because(row)}",
            EventType.ExecutionTerminated => $"is to be terminated{Because(row)}",
            EventType.ExecutionRewound => $"tries again what failed{Because(row)}",
            EventType.ExecutionCompleted or EventType.ContinueAsNew when row.Failure is null => $"{Ended(row)}{Bytes(row.ResultBytes)}",
            EventType.ExecutionCompleted => $"{Ended(row)}: {row.Failure}",
            _ => row.Kind,
        };
    }

    // Completed, Failed, Terminated and ContinuedAsNew, in the words of a sentence.
    private static string Ended(HistoryRow row) => row.Status == "ContinuedAsNew" ? "begins anew" : $"{row.Status}".ToLowerInvariant();

    private static string Bytes(int count) => count == 0 ? "" : $", {count} bytes";

    private static string Because(HistoryRow row) => string.IsNullOrEmpty(row.Reason) ? "" : $": {row.Reason}";
}
