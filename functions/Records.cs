using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions;

/// <param name="Words">What a failure said; the row itself has only its hash, so that it can be erased. Null for nothing.</param>
public sealed record RecordRowView(
    long Sequence, string At, string Kind, string Actor, JsonElement Data, string Previous, string Hash,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Words = null);

/// <param name="Head">The newest row. Whoever keeps its hash can tell later whether anything before it was rewritten.</param>
/// <param name="Next">What to ask for rows after; null when these were the last.</param>
public sealed record RecordPage(string Deployment, IEnumerable<RecordRowView> Rows, RecordHead Head, long? Next);

/// <summary>Everything that was ever done with a deployment, as a chain that its owner can verify, and as it happens.</summary>
public sealed class Records(RecordStore records, DeploymentStore deployments, Ownership ownership, EventStreams streams)
{
    private const string LastEventId = "Last-Event-ID";

    [Function("GetRecord")]
    [Query("after")]
    public async Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "deployments/{id}/record")] HttpRequest request, string id,
        CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        var after = Sequence("after", request.Query["after"].FirstOrDefault());
        await deployments.RecordAsync(deployment, ct);
        var head = await records.HeadAsync(id, ct);
        var rows = await records.ReadAsync(id, after, head.Sequence, ct);
        var next = rows is [.., var last] && last.Sequence < head.Sequence ? last.Sequence : (long?)null;
        return new OkObjectResult(new RecordPage(id, rows.Select(View), head, next));
    }

    /// <summary>The same rows as events, and each new one within a second.</summary>
    [Function("StreamRecord")]
    [Query("after")]
    public async Task<IActionResult> Stream(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "deployments/{id}/events")] HttpRequest request, string id,
        CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        var seen = request.Headers[LastEventId].FirstOrDefault() is { Length: > 0 } header
            ? Sequence(LastEventId, header)
            : Sequence("after", request.Query["after"].FirstOrDefault());
        await deployments.RecordAsync(deployment, ct);
        await streams.RunAsync(
            request.HttpContext.Response, deployment.Account,
            async end =>
            {
                var rows = await records.ReadAsync(id, seen, (await records.HeadAsync(id, end)).Sequence, end);
                seen = rows is [.., var last] ? last.Sequence : seen;
                return [.. rows.Select(row => new StreamEvent($"{row.Sequence}", View(row)))];
            },
            ct);
        return new EmptyResult();
    }

    private static RecordRowView View(RecordRow row) =>
        new(row.Sequence, row.At, row.Kind, row.Actor, JsonElement.Parse(row.Data), row.Previous, row.Hash, row.Words);

    private static long Sequence(string field, string? typed) =>
        typed is null ? -1
        : long.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) && sequence < 1_000_000_000_000 ? sequence
        : throw Problems.Invalid(field, "is the sequence number of the last row that you have; leave it out for all of them.");
}
