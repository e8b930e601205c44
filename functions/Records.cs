using System.Globalization;
using Launchpad.Functions.Access;
using Launchpad.Shared.Access;
using Launchpad.Shared.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions;

/// <summary>Everything that was ever done with a deployment, as a chain that its owner can verify, and as it happens.</summary>
public sealed class Records(RecordPages pages, Ownership ownership, EventStreams streams)
{
    private const string LastEventId = "Last-Event-ID";

    /// <summary>What was ever done with the deployment, as a chain of hashes.</summary>
    [Function("GetRecord")]
    [Needs(Permission.Read)]
    [Answers(200, typeof(RecordPage))]
    [Query("after")]
    public async Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "deployments/{id}/record")] HttpRequest request, string id,
        CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        var after = Sequence("after", request.Query["after"].FirstOrDefault());
        await pages.SettleAsync(deployment, ct);
        return new OkObjectResult(await pages.ReadAsync(id, after, ct));
    }

    /// <summary>The same rows as events, and each new one within a second.</summary>
    [Function("StreamRecord")]
    [Needs(Permission.Read)]
    [Answers(200, typeof(RecordRowView), MediaType = "text/event-stream")]
    [Query("after")]
    public async Task<IActionResult> Stream(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "deployments/{id}/events")] HttpRequest request, string id,
        CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        var seen = request.Headers[LastEventId].FirstOrDefault() is { Length: > 0 } header
            ? Sequence(LastEventId, header)
            : Sequence("after", request.Query["after"].FirstOrDefault());
        await pages.SettleAsync(deployment, ct);
        await streams.RunAsync(
            request.HttpContext.Response, deployment.Account, look => ownership.IsLetInAsync(request, look),
            async end =>
            {
                var rows = (await pages.ReadAsync(id, seen, end)).Rows;
                seen = rows is [.., var last] ? last.Sequence : seen;
                return [.. rows.Select(row => new StreamEvent($"{row.Sequence}", row))];
            },
            ct);
        return new EmptyResult();
    }

    private static long Sequence(string field, string? typed) =>
        typed is null ? -1
        : long.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) && sequence < 1_000_000_000_000 ? sequence
        : throw Problems.Invalid(field, "is the sequence number of the last row that you have; leave it out for all of them.");
}
