using System.Globalization;
using Launchpad.Durable.Execution;
using Microsoft.DurableTask.Client;
using static Microsoft.DurableTask.Client.OrchestrationRuntimeStatus;

namespace Launchpad.Durable.Storage;

/// <summary>What is true of a store at any time, whatever happened to the processes that wrote it. That an instance waits for an event
/// cannot be seen in its history; every other one that has not ended has something in the store that will wake it.</summary>
internal sealed class Integrity
{
    private const int Page = 1000;

    private readonly List<string> problems = [];
    private readonly Reader reader;
    private readonly Payloads payloads;
    private readonly HashSet<long> addressed;

    private Integrity(Reader reader, Payloads payloads)
    {
        this.reader = reader;
        this.payloads = payloads;
        addressed = [.. reader.Messages().Select(message => message.Instance)];
    }

    /// <summary>What is wrong, in words. The directory may be in use.</summary>
    public static List<string> ProblemsOf(string directory)
    {
        using var reader = new Reader(Store.Database(directory));
        return new Integrity(reader, new(Payloads.Folder(directory), 0, 0)).Find();
    }

    private List<string> Find()
    {
        if (reader.QuickCheck() is { } damage)
        {
            return [$"SQLite finds: {damage}"];
        }

        if (reader.OrphanedTurns() is > 0 and var turns)
        {
            problems.Add($"{turns} turns belong to no instance.");
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
            Follow(row, reader.History(row.Key).SelectMany(turn => turn));
            foreach (var stored in new[] { row.Input, row.Output, row.CustomStatus })
            {
                Read(row, stored.File);
            }
        }
        catch (InvalidDataException damage)
        {
            problems.Add($"{row.Id}: {damage.Message}");
        }
    }

    private void Follow(InstanceRow row, IEnumerable<HistoryEvent> history)
    {
        var open = new Dictionary<int, HistoryEvent>();
        var ends = 0;
        var started = 0;
        foreach (var e in history)
        {
            Read(row, e.File);
            started += e.Kind is EventKind.ExecutionStarted ? 1 : 0;
            ends += e.Kind is EventKind.ExecutionCompleted or EventKind.ExecutionFailed or EventKind.ExecutionTerminated ? 1 : 0;
            if (e.Kind is EventKind.TaskScheduled or EventKind.SubOrchestrationCreated or EventKind.TimerCreated)
            {
                Require(row, open.TryAdd(e.Id!.Value, e), $"task {e.Id} was begun twice");
            }
            else if (e.Kind is EventKind.TaskCompleted or EventKind.TaskFailed or EventKind.TimerFired
                or EventKind.SubOrchestrationCompleted or EventKind.SubOrchestrationFailed)
            {
                Require(row, open.Remove(e.Id!.Value), $"task {e.Id} ended without being open");
            }
        }

        var isEnded = row.Status is Completed or Failed or Terminated;
        Require(row, started <= 1, "it was started twice");
        Require(row, ends == (isEnded ? 1 : 0), $"its status is {row.Status} and its history has {ends} ends");
        if (!isEnded && !addressed.Contains(row.Key))
        {
            foreach (var child in open.Values.Where(e => e.Kind is EventKind.SubOrchestrationCreated))
            {
                var waking = reader.Find(child.Instance!) is { Status: Pending or Running or Suspended, Parent: { } parent }
                    && parent.Id == row.Id;
                Require(row, waking, $"it waits for sub-orchestration {child.Instance}, which nobody will end");
            }
        }
    }

    private void Read(InstanceRow row, string? file)
    {
        if (file is not null)
        {
            payloads.Read(row.Key, file);
        }
    }

    private void Require(InstanceRow row, bool condition, string otherwise)
    {
        if (!condition)
        {
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"{row.Id} (key {row.Key}): {otherwise}."));
        }
    }
}
