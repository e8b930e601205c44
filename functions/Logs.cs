using System.Globalization;
using Launchpad.Functions.Access;
using Launchpad.Shared.Access;
using Launchpad.Shared.Deployments;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions;

/// <param name="Continuation">Leads to older lines; null when there are none.</param>
/// <param name="CollectedAt">When the machine was asked last; null for never.</param>
/// <param name="Refreshing">True when newer lines are being fetched.</param>
public sealed record LogView(IReadOnlyList<BotLine> Lines, string? Continuation, DateTimeOffset? CollectedAt, bool Refreshing);

/// <summary>What a bot wrote. Reading never waits for the machine: it answers what is stored and, when that is old, has newer lines
/// fetched.</summary>
public sealed class Logs(BotLogs logs, LogCollector collector, Ownership ownership, EventStreams streams)
{
    private const int TailMax = 1_000;
    private const int TailUsual = 200;
    private const int ResumeMax = 5_000;

    /// <summary>Lines of the two outputs may come a little out of order: so far back it is looked for some that came late.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(5);

    /// <summary>Lines of the bot's log, newest first.</summary>
    [Function("GetLogs")]
    [Needs(Permission.Read)]
    [Answers(200, typeof(LogView))]
    [Query("from"), Query("to"), Query("contains"), Query("continuation"), Query("tail")]
    public async Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "deployments/{id}/logs")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        var search = Search(request.Query);
        var page = await logs.FindAsync(id, search, ct);
        var (collectedAt, refreshing) = await collector.RefreshAsync(client, deployment, ct);
        return new OkObjectResult(new LogView(page.Lines, page.Continuation, collectedAt, refreshing));
    }

    /// <summary>The last lines, then each new one as it is fetched. It begins after the line that the client saw last, if it names
    /// one.</summary>
    [Function("StreamLogs")]
    [Needs(Permission.Read)]
    [Answers(200, typeof(BotLine), MediaType = "text/event-stream")]
    [Query("after")]
    public async Task<IActionResult> Stream(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "deployments/{id}/logs/stream")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        var last = request.Headers["Last-Event-ID"].FirstOrDefault() is { Length: > 0 } header
            ? LineId("Last-Event-ID", header)
            : LineId("after", request.Query["after"].FirstOrDefault());
        var tail = new LogTail(last);
        await streams.RunAsync(
            request.HttpContext.Response, deployment.Account, look => ownership.IsLetInAsync(request, look),
            async end =>
            {
                await collector.RefreshAsync(client, deployment, end);
                return tail.Take(await logs.FindAsync(
                    id, new(tail.Since - Late, null, null, null, tail.Since is null ? TailUsual : ResumeMax), end));
            },
            ct);
        return new EmptyResult();
    }

    private static LogSearch Search(IQueryCollection query)
    {
        var (from, to) = (Time("from", query["from"].FirstOrDefault()), Time("to", query["to"].FirstOrDefault()));
        return from > to
            ? throw Problems.Invalid("from", "has to be before 'to'.")
            : new(
                from, to, Rules.Search(query["contains"].FirstOrDefault()),
                LineId("continuation", query["continuation"].FirstOrDefault()), Tail(query["tail"].FirstOrDefault()));
    }

    private static DateTimeOffset? Time(string field, string? typed) =>
        typed is null ? null
        : DateTimeOffset.TryParseExact(
            typed, ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal, out var time) ? time
        : throw Problems.Invalid(field, "is a time like 2026-01-31T08:00:00Z.");

    private static string? LineId(string field, string? typed) =>
        typed is null || BotLogs.TimeOf(typed) is not null
            ? typed
            : throw Problems.Invalid(field, "is the id of a line, as it was answered.");

    private static int Tail(string? typed) =>
        typed is null ? TailUsual
        : int.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out var tail) && tail is > 0 and <= TailMax ? tail
        : throw Problems.Invalid("tail", $"is a number from 1 to {TailMax}.");
}
