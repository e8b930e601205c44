using System.Globalization;
using DurableTask.Core;
using DurableTask.Core.History;

namespace Launchpad.Durable.Storage;

/// <summary>What is true of a store at any time, whatever happened to the processes that wrote it: whatever an instance has begun and not
/// seen the end of is somewhere in the store, once.</summary>
internal sealed class Integrity
{
    private const int Page = 1000;

    private readonly List<string> problems = [];
    private readonly Reader reader;
    private readonly ILookup<string, TaskMessage> tasks;
    private readonly ILookup<string, TaskMessage> messages;

    private Integrity(Reader reader)
    {
        this.reader = reader;
        tasks = reader.Tasks().ToLookup(task => task.Instance, task => Sound(task.Message, $"activity {task.Sequence} of {task.Instance}"));
        messages = reader.Messages()
            .ToLookup(message => message.Instance, message => Sound(message.Message, $"message {message.Sequence} for {message.Instance}"));
    }

    /// <summary>What is wrong, in words. The store must be at rest, or the findings are of several moments.</summary>
    public static List<string> ProblemsOf(string directory)
    {
        using var reader = new Reader(Store.Database(directory));
        return reader.QuickCheck() is { } damage ? [$"SQLite finds: {damage}"] : new Integrity(reader).Find();
    }

    private List<string> Find()
    {
        var orphans = reader.Scalar(
            $"SELECT count(*) FROM history WHERE turn >> {WriteStatements.TurnBits} NOT IN (SELECT key FROM instances)");
        if (orphans > 0)
        {
            problems.Add($"{orphans} turns belong to no instance.");
        }

        List<InstanceRow> rows;
        for (long after = 0; (rows = reader.Query(new(), after, Page)).Count > 0; after = rows[^1].Key)
        {
            rows.ForEach(Look);
        }

        return problems;
    }

    private void Look(InstanceRow row)
    {
        try
        {
            Follow(row, [.. reader.History(row.Key).SelectMany(turn => turn)]);
        }
        catch (InvalidDataException damage)
        {
            problems.Add($"{row.Id}: {damage.Message}");
        }
    }

    private void Follow(InstanceRow row, List<HistoryEvent> history)
    {
        var open = new Dictionary<int, HistoryEvent>();
        foreach (var e in history)
        {
            if (e is TaskScheduledEvent or SubOrchestrationInstanceCreatedEvent or TimerCreatedEvent)
            {
                Require(row, open.TryAdd(e.EventId, e), $"task {e.EventId} was begun twice");
            }
            else if (Answers(e) is { } task)
            {
                Require(row, open.Remove(task), $"task {task} ended without being open");
            }
        }

        var ends = history.Count(e => e.EventType is EventType.ExecutionCompleted);
        Require(row, history.Count(e => e is ExecutionStartedEvent) <= 1, "it was started twice");
        Require(row, row.HasEnded || ends == 0, $"its status is {row.State.OrchestrationStatus} and its history has an end");
        if (!row.HasEnded)
        {
            foreach (var task in open.Values)
            {
                Require(row, WillEnd(row, task), $"it waits for {task.EventType} {task.EventId}, which nobody will end");
            }

            var begins = messages[row.Id].Any(message => message.Event is ExecutionStartedEvent);
            Require(row, history.Count > 0 || begins, "it was never started and nobody will start it");
        }
    }

    private bool WillEnd(InstanceRow row, HistoryEvent task) =>
        messages[row.Id].Any(message => Answers(message.Event) == task.EventId)
        || task switch
        {
            TaskScheduledEvent => tasks[row.Id].Any(activity => activity.Event.EventId == task.EventId),
            SubOrchestrationInstanceCreatedEvent child => reader.Find(child.InstanceId) is { HasEnded: false },
            _ => false,
        };

    private static int? Answers(HistoryEvent e) => e switch
    {
        TaskCompletedEvent it => it.TaskScheduledId,
        TaskFailedEvent it => it.TaskScheduledId,
        SubOrchestrationInstanceCompletedEvent it => it.TaskScheduledId,
        SubOrchestrationInstanceFailedEvent it => it.TaskScheduledId,
        TimerFiredEvent it => it.TimerId,
        _ => null,
    };

    private TaskMessage Sound(TaskMessage? message, string what)
    {
        if (message is null)
        {
            problems.Add($"{what} is not what was written.");
        }

        return message ?? Dispatch.Damaged.Message("");
    }

    private void Require(InstanceRow row, bool condition, string otherwise)
    {
        if (!condition)
        {
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"{row.Id} (key {row.Key}): {otherwise}."));
        }
    }
}
