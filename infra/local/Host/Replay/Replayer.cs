using System.Text.Json;
using System.Text.Json.Nodes;
using DurableTask.Core.History;
using Launchpad.Durable;
using Message = Microsoft.DurableTask.Protobuf.HistoryEvent;
using OrchestratorRequest = Microsoft.DurableTask.Protobuf.OrchestratorRequest;
using OrchestratorResponse = Microsoft.DurableTask.Protobuf.OrchestratorResponse;

namespace Launchpad.Host.Replay;

/// <summary>The durable functions of an app, their names in any case.</summary>
/// <param name="TurnAsync">Runs one turn of an orchestrator: what a worker is asked, and what it answers.</param>
internal sealed record AppCode(
    IReadOnlySet<string> Orchestrators, IReadOnlySet<string> Activities, Func<string, OrchestratorRequest, Task<OrchestratorResponse>> TurnAsync);

/// <summary>What a replay found.</summary>
/// <param name="Mismatch">Why today's code does not follow the history, in words; null when it does.</param>
/// <param name="Notes">What today's code would say otherwise without deciding otherwise: other inputs, other times. The framework does
/// not look at it, and goes on with what is recorded.</param>
internal sealed record Replayed(string? Mismatch, IReadOnlyList<string> Notes);

/// <summary>Holds a recorded history against the code of today, turn by turn: told what was known at each, it must decide what is
/// recorded there. Nothing is scheduled, sent or written.</summary>
internal sealed class Replayer(AppCode app)
{
    public async Task<Replayed> ReplayAsync(RecordedHistory history)
    {
        var (events, notes) = (history.Events, new List<string>());
        if (!app.Orchestrators.Contains(history.Name))
        {
            return new($"There is no orchestration '{history.Name}' any more.", notes);
        }

        if (events.Count > 0 && !events.OfType<ExecutionStartedEvent>().Any())
        {
            return new("Its history has no beginning.", notes);
        }

        var messages = events.Select(HistoryMessages.ToMessage).ToList();
        for (int begin = 0, end; begin < events.Count; begin = end)
        {
            end = begin + 1 + events.Skip(begin + 1).TakeWhile(e => e is not OrchestratorStartedEvent).Count();
            var inTurn = Enumerable.Range(begin, end - begin).ToLookup(at => Decision.Of(events[at]) is not null);
            var answer = await app.TurnAsync(history.Name, Request(events, messages[..begin], inTurn[false].Select(at => messages[at])));
            var recorded = inTurn[true].Select(at => Decision.Of(events[at])!).ToList();
            if (Mismatch(recorded, [.. answer.Actions.Select(Decision.Of)], notes) is { } mismatch)
            {
                return new($"{mismatch} {await InItsOwnWordsAsync(history.Name, events, messages)}".TrimEnd(), notes);
            }
        }

        return new(Abandoned(events), notes);
    }

    /// <summary>An instance that waits for an activity which is gone would fail as soon as it went on.</summary>
    private string? Abandoned(IReadOnlyList<HistoryEvent> events)
    {
        var ended = events.Select(e => (e as TaskCompletedEvent)?.TaskScheduledId ?? (e as TaskFailedEvent)?.TaskScheduledId).ToHashSet();
        return events.OfType<TaskScheduledEvent>().FirstOrDefault(task => !ended.Contains(task.EventId) && !app.Activities.Contains(task.Name!))
            is { } gone
            ? $"It waits for {Decision.Of(gone)}, which is not there any more."
            : null;
    }

    private static OrchestratorRequest Request(IReadOnlyList<HistoryEvent> events, IEnumerable<Message> past, IEnumerable<Message> told)
    {
        var instance = events.OfType<ExecutionStartedEvent>().First().OrchestrationInstance;
        return new()
        {
            InstanceId = instance.InstanceId,
            ExecutionId = instance.ExecutionId,
            PastEvents = { past },
            NewEvents = { told },
            EntityParameters = new() { EntityMessageReorderWindow = new() },
        };
    }

    /// <summary>What the worker itself says when the whole history is its past, which is what would fail the instance.</summary>
    private async Task<string> InItsOwnWordsAsync(string name, IReadOnlyList<HistoryEvent> events, IEnumerable<Message> messages)
    {
        var answer = await app.TurnAsync(name, Request(events, messages, []));
        return answer.Actions.Select(action => action.CompleteOrchestration?.FailureDetails).FirstOrDefault(failure => failure is not null)
            is { } said ? $"The worker: {said.ErrorMessage}" : "";
    }

    private static string? Mismatch(List<Decision> recorded, List<Decision> actual, List<string> notes)
    {
        foreach (var id in recorded.Concat(actual).Select(decision => decision.Id).Distinct().Order())
        {
            var (one, other) = (recorded.Find(decision => decision.Id == id), actual.Find(decision => decision.Id == id));
            if (one is null || other is null || !one.IsLike(other))
            {
                return $"Expected, as recorded: {Told(one, recorded)}. Actual, by today's code: {Told(other, actual)}.";
            }

            if (one.Data is { } before && other.Data is { } now && !Same(before, now))
            {
                notes.Add($"{one} has other data: {before} as recorded, {now} by today's code.");
            }
        }

        return null;
    }

    // Where one goes on, the other may have ended.
    private static object Told(Decision? decision, List<Decision> all) => decision ?? all.Find(end => end.IsEnd) ?? (object)"it waits";

    private static bool Same(string one, string other)
    {
        try
        {
            return one == other || JsonNode.DeepEquals(JsonNode.Parse(one), JsonNode.Parse(other));
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
