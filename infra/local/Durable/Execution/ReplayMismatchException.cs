namespace Launchpad.Durable.Execution;

/// <summary>Today's code does not do what the history says that it did.</summary>
internal sealed class ReplayMismatchException(string message) : Exception(message)
{
    /// <summary>Holds what a turn recorded, its end included, against what its replay asks for.</summary>
    public static void Compare(List<HistoryEvent> recorded, List<HistoryEvent> asked, int sequence, Outcome? ending)
    {
        var end = recorded.Find(e => e.Kind >= EventKind.ExecutionCompleted);
        var actions = end is null ? recorded : recorded[..^1];
        for (var i = 0; i < Math.Max(actions.Count, asked.Count); i++)
        {
            var expected = i < actions.Count ? actions[i] : null;
            var actual = i < asked.Count ? asked[i] : null;
            if (expected is null || actual is null || !IsSame(expected, actual))
            {
                throw Mismatch(
                    $"at event {sequence + i + 1}",
                    expected is null ? Describe(end?.Kind, end?.Failure) : Describe(expected),
                    actual is null ? Describe(ending?.Kind, ending?.Failure) : Describe(actual));
            }
        }

        if (end?.Kind != ending?.Kind)
        {
            throw Mismatch(
                $"after event {sequence + actions.Count}", Describe(end?.Kind, end?.Failure), Describe(ending?.Kind, ending?.Failure));
        }
    }

    private static bool IsSame(HistoryEvent expected, HistoryEvent actual) => expected.Kind == actual.Kind
        && expected.Id == actual.Id
        && string.Equals(expected.Name, actual.Name, StringComparison.OrdinalIgnoreCase);

    private static string Describe(HistoryEvent e) => e.Kind switch
    {
        EventKind.TaskScheduled => $"activity '{e.Name}' (task {e.Id})",
        EventKind.SubOrchestrationCreated => $"sub-orchestration '{e.Name}' (task {e.Id})",
        EventKind.TimerCreated => $"a timer for {e.At:u} (task {e.Id})",
        EventKind.EventSent => $"event '{e.Name}' to instance '{e.Instance}' (task {e.Id})",
        _ => $"{e.Kind}",
    };

    private static string Describe(EventKind? end, Failure? failure) => end switch
    {
        null => "it waits",
        EventKind.ExecutionCompleted => "it completes",
        EventKind.ExecutionFailed => $"it fails with {failure?.Type}: {failure?.Message}",
        _ => "it continues as new",
    };

    private static ReplayMismatchException Mismatch(string where, string expected, string actual) => new(
        $"The orchestrator's code does not match its history {where}. Expected, as recorded: {expected}. "
        + $"Actual, by today's code: {actual}. Was the order of its calls changed while this instance was running?");
}
