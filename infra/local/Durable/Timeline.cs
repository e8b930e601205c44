using System.Globalization;

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
            if (row.Kind == nameof(EventKind.TurnStarted))
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
        return Enum.Parse<EventKind>(row.Kind) switch
        {
            EventKind.ExecutionStarted => "started",
            EventKind.TaskScheduled => $"{task} activity {row.Name} begins{Bytes(row.InputBytes)}",
            EventKind.TaskCompleted => $"{task} activity {row.Name} done{Bytes(row.ResultBytes)}",
            EventKind.TaskFailed => $"{task} activity {row.Name} failed: {row.Failure}",
            EventKind.SubOrchestrationCreated => $"{task} child {row.Name} {row.Instance} begins{Bytes(row.InputBytes)}",
            EventKind.SubOrchestrationCompleted => $"{task} child {row.Name} done{Bytes(row.ResultBytes)}",
            EventKind.SubOrchestrationFailed => $"{task} child {row.Name} failed: {row.Failure}",
            EventKind.TimerCreated => string.Create(
                CultureInfo.InvariantCulture, $"{task} timer set for {row.FireAt?.UtcDateTime:yyyy-MM-dd HH:mm:ss.fff}"),
            EventKind.TimerFired => $"{task} timer fires",
            EventKind.EventRaised => $"event {row.Name} comes{Bytes(row.InputBytes)}",
            EventKind.EventSent => $"{task} event {row.Name} is sent to {row.Instance}{Bytes(row.InputBytes)}",
            EventKind.ExecutionSuspended => $"suspended{Because(row)}",
            EventKind.ExecutionResumed => $"resumed{Because(row)}",
            EventKind.ExecutionTerminated => "terminated",
            EventKind.ExecutionCompleted => "completed",
            EventKind.ExecutionFailed => $"failed: {row.Failure}",
            _ => row.Kind,
        };
    }

    private static string Bytes(int count) => count == 0 ? "" : $", {count} bytes";

    private static string Because(HistoryRow row) => string.IsNullOrEmpty(row.Reason) ? "" : $": {row.Reason}";
}
