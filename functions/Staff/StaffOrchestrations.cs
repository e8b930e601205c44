using System.Buffers;
using DurableTask.Core.History;
using Launchpad.Shared.Secrets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions.Staff;

/// <param name="Kind">Of the event, as Durable Task calls it.</param>
/// <param name="Name">Of the activity, saga, event or timer; null where it has none.</param>
/// <param name="Task">What the beginning and the end of the same have in common; null for what is over at once.</param>
/// <param name="Child">The instance that it began; null when it began none.</param>
/// <param name="Until">When a timer fires; null for what is no timer.</param>
/// <param name="Failure">The type of what was thrown, and its words without what looks like a secret.</param>
public sealed record StaffHistoryEventView(
    int Number, DateTimeOffset At, string Kind, string? Name, int? Task, string? Child, DateTimeOffset? Until, string? Failure);

/// <param name="Failure">Why it failed; null unless it did.</param>
/// <param name="Events">What happened, in that order, without what anything was given or answered.</param>
/// <param name="Cursor">Leads to the events that follow; null when these were the last.</param>
public sealed record StaffOrchestrationView(
    string Id, string Name, string Status, DateTimeOffset CreatedAt, DateTimeOffset LastUpdatedAt, string? Failure,
    IReadOnlyList<StaffHistoryEventView> Events, string? Cursor);

/// <summary>How one saga went, as the engine remembers it.</summary>
public sealed class StaffOrchestrations(StaffCallers callers)
{
    private const int PageMax = 1_000;
    private const int IdMax = 100;
    private static readonly SearchValues<char> Letters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_:");

    /// <summary>The history of one instance: an operation's has its id.</summary>
    [Function("StaffGetOrchestration")]
    [Query("cursor")]
    [OperatorsOnly, Answers(200, typeof(StaffOrchestrationView))]
    public async Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "staff/orchestrations/{id}")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        await callers.RequireAsync(request, ct);
        var isId = id.Length <= IdMax && id.AsSpan().IndexOfAnyExcept(Letters) < 0;
        var saga = isId ? await client.GetInstanceAsync(id, getInputsAndOutputs: false, ct) : null;
        if (saga is null)
        {
            throw Problems.NoneOfThatId();
        }

        var skip = StaffPages.Number(request.Query["cursor"].FirstOrDefault());
        var history = await client.GetOrchestrationHistoryAsync(id, ct);
        return new OkObjectResult(new StaffOrchestrationView(
            id, saga.Name, saga.RuntimeStatus.ToString(), saga.CreatedAt, saga.LastUpdatedAt,
            saga.FailureDetails is { } failure ? Words(failure.ErrorType, failure.ErrorMessage) : null,
            [.. history.Index().Skip(skip).Take(PageMax).Select(one => View(one.Index, one.Item))],
            history.Count > skip + PageMax ? StaffPages.Cursor(skip + PageMax) : null));
    }

    private static StaffHistoryEventView View(int number, HistoryEvent one)
    {
        var view = new StaffHistoryEventView(number, Utc(one.Timestamp), one.EventType.ToString(), null, null, null, null, null);
        return one switch
        {
            ExecutionStartedEvent begun => view with { Name = begun.Name },
            ExecutionCompletedEvent ended => view with { Name = ended.OrchestrationStatus.ToString(), Failure = Words(ended.FailureDetails, null) },
            TaskScheduledEvent asked => view with { Name = asked.Name, Task = asked.EventId },
            TaskCompletedEvent done => view with { Task = done.TaskScheduledId },
            TaskFailedEvent failed => view with { Task = failed.TaskScheduledId, Failure = Words(failed.FailureDetails, failed.Reason) },
            SubOrchestrationInstanceCreatedEvent child =>
                view with { Name = child.Name, Task = child.EventId, Child = child.InstanceId },
            SubOrchestrationInstanceCompletedEvent done => view with { Task = done.TaskScheduledId },
            SubOrchestrationInstanceFailedEvent failed =>
                view with { Task = failed.TaskScheduledId, Failure = Words(failed.FailureDetails, failed.Reason) },
            TimerCreatedEvent timer => view with { Task = timer.EventId, Until = Utc(timer.FireAt) },
            TimerFiredEvent fired => view with { Task = fired.TimerId },
            EventRaisedEvent raised => view with { Name = raised.Name },
            EventSentEvent sent => view with { Name = sent.Name, Child = sent.InstanceId },
            _ => view,
        };
    }

    private static DateTimeOffset Utc(DateTime time) => new(DateTime.SpecifyKind(time, DateTimeKind.Utc));

    private static string? Words(DurableTask.Core.FailureDetails? failure, string? reason) =>
        failure is null ? Words("", reason) : Words(failure.ErrorType, failure.ErrorMessage);

    private static string? Words(string type, string? message) =>
        Redactor.Shapes($"{type}: {message}".Trim(' ', ':')) is { Length: > 0 } said ? said : null;
}

/// <summary>Cursors that are how many came before.</summary>
internal static class StaffPages
{
    public static string Cursor(int skipped) => skipped.ToString("D", null);

    public static int Number(string? cursor) =>
        cursor is null ? 0
        : int.TryParse(cursor, System.Globalization.NumberStyles.None, null, out var skipped) ? skipped
        : throw Problems.Invalid("cursor", "is what the page before answered.");
}
