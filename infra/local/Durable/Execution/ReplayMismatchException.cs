namespace Launchpad.Durable.Execution;

/// <summary>Today's code does not do what the history says that it did.</summary>
internal sealed class ReplayMismatchException(string message) : Exception(message)
{
    /// <summary>Holds what a turn recorded against what its replay asks for.</summary>
    public static void Compare(List<HistoryEvent> recorded, List<HistoryEvent> asked, int sequence, Outcome? ending)
    {
        for (var i = 0; i < Math.Max(recorded.Count, asked.Count); i++)
        {
            var expected = i < recorded.Count ? recorded[i] : null;
            var actual = i < asked.Count ? asked[i] : null;
            if (expected is null || actual is null || !IsSame(expected, actual))
            {
                throw new ReplayMismatchException(
                    $"The orchestrator's code does not match its history at event {sequence + i + 1}. "
                    + $"Expected, as recorded: {Describe(expected)}. Actual, by today's code: {Describe(actual)}. "
                    + "Was the order of its calls changed while this instance was running?");
            }
        }

        if (ending is not null)
        {
            throw new ReplayMismatchException(
                $"The orchestrator's code does not match its history after event {sequence + recorded.Count}. "
                + $"Expected, as recorded: it goes on. Actual, by today's code: it ends ({ending.Failure?.Message ?? "well"}).");
        }
    }

    private static bool IsSame(HistoryEvent expected, HistoryEvent actual) => expected.Kind == actual.Kind
        && expected.Id == actual.Id
        && string.Equals(expected.Name, actual.Name, StringComparison.OrdinalIgnoreCase);

    private static string Describe(HistoryEvent? e) => e is null ? "nothing" : e.Kind switch
    {
        EventKind.TaskScheduled => $"activity '{e.Name}' (task {e.Id})",
        EventKind.SubOrchestrationCreated => $"sub-orchestration '{e.Name}' (task {e.Id})",
        EventKind.TimerCreated => $"a timer for {e.At:u} (task {e.Id})",
        EventKind.EventSent => $"event '{e.Name}' to instance '{e.Instance}' (task {e.Id})",
        _ => $"{e.Kind}",
    };
}
