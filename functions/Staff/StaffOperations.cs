using System.Buffers;
using Launchpad.Functions.Auth;
using Launchpad.Shared;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions.Staff;

/// <summary>What became of what an operator asked for.</summary>
public enum StaffBegun
{
    Accepted,
    Cancelling,
    Extended,
}

/// <summary>What can be done with several operations at once.</summary>
public enum StaffVerb
{
    Retry,
    Cancel,
    Rollback,
}

/// <param name="Operation">The one that goes on from here: another one for one that had ended.</param>
public sealed record StaffBegunView(string Operation, [property: Wire(typeof(StaffBegun))] string Status)
{
    internal static StaffBegunView Of(string operation, StaffBegun status) => new(operation, status.Wire());
}

/// <param name="Ids">Of operations, a hundred at most.</param>
public sealed record StaffBulk([property: Wire(typeof(StaffVerb))] string? Action, IReadOnlyList<string>? Ids);

/// <param name="Minutes">1 to 60.</param>
public sealed record StaffExtension(int? Minutes);

/// <param name="Id">As it was asked for.</param>
/// <param name="Operation">The one that goes on from here; null when it was refused.</param>
/// <param name="Problem">Why it was refused: the type of the problem that the single call answers; null when it was not.</param>
/// <param name="Detail">The same in words.</param>
public sealed record StaffBulkResultView(string Id, bool Accepted, string? Operation, string? Problem, string? Detail);

public sealed record StaffBulkView(IReadOnlyList<StaffBulkResultView> Results);

/// <summary>What goes on and what failed, of all customers.</summary>
public sealed class StaffOperations(StaffCallers callers, StaffOperationFinder finder, StaffOperationActs acts)
{
    private const int BulkMax = 100;
    private static readonly string Verbs = string.Join(", ", Enum.GetValues<StaffVerb>().Select(verb => verb.Wire()));
    private const string Failed = "f:";
    private static readonly SearchValues<char> Letters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>Operations of all accounts: those that are stuck, that failed (the newest first), that go on, or both of the latter.</summary>
    [Function("StaffListOperations")]
    [Query("status", "stuck", "failed", "running", "all")]
    [Query("cursor")]
    [OperatorsOnly, Answers(200, typeof(StaffOperationsView))]
    public async Task<IActionResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "staff/operations")] HttpRequest request, CancellationToken ct)
    {
        await callers.RequireAsync(request, ct);
        var (status, cursor) = (request.Query["status"].FirstOrDefault() ?? "all", request.Query["cursor"].FirstOrDefault());
        var isOfFailures = cursor?.StartsWith(Failed, StringComparison.Ordinal) ?? status == "failed";
        var after = isOfFailures ? cursor?[Failed.Length..] : cursor;
        if (after is { Length: > 0 } && !(isOfFailures ? IsKey(after) : Ids.IsValid(after, Ids.Deployment)))
        {
            throw Problems.Invalid("cursor", "is what the page before answered.");
        }

        var page = isOfFailures
            ? await finder.FailedAsync(after, _ => true, ct)
            : await finder.GoingAsync(after, view => status != "stuck" || view.Stuck is not null, ct);
        // Where what goes on ends, what failed begins.
        var next = page.Cursor is { } more ? isOfFailures ? Failed + more : more : status == "all" && !isOfFailures ? Failed : null;
        return new OkObjectResult(page with { Cursor = next });

        static bool IsKey(string typed) => typed.Length <= 100 && typed.AsSpan().IndexOfAnyExcept(Letters) < 0;
    }

    /// <summary>One operation with every step and its reason, what is still to come, and what a cancellation would take back.</summary>
    [Function("StaffGetOperation")]
    [OperatorsOnly, Answers(200, typeof(StaffOperationDetailView))]
    public async Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "staff/operations/{id}")] HttpRequest request, string id,
        CancellationToken ct)
    {
        await callers.RequireAsync(request, ct);
        return new OkObjectResult(await finder.WholeAsync(id, ct));
    }

    /// <summary>Asks again for what failed, or sees to it that what goes on does go on.</summary>
    [Function("StaffRetryOperation")]
    [OperatorsOnly, Answers(202, typeof(StaffBegunView))]
    public async Task<IActionResult> Retry(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "staff/operations/{id}/retry")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var who = await callers.RequireAsync(request, ct);
        return Accepted(await acts.RetryAsync(client, who, id, ct));
    }

    /// <summary>Stops an operation: what it did is taken back.</summary>
    [Function("StaffCancelOperation")]
    [OperatorsOnly, StepUp, Answers(202, typeof(StaffBegunView))]
    public async Task<IActionResult> Cancel(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "staff/operations/{id}/cancel")] HttpRequest request, string id,
        CancellationToken ct)
    {
        var who = await callers.RequireAsync(request, ct);
        return Accepted(await acts.CancelAsync(who, id, ct));
    }

    /// <summary>Brings back the version that ran before, where nothing was done with the bot since: for a change that went well and should not
    /// have. The bot keeps what it has learned, and its plan: where that was another one, going back is for its owner to ask for.</summary>
    [Function("StaffRollBackOperation")]
    [OperatorsOnly, StepUp, Answers(202, typeof(StaffBegunView))]
    public async Task<IActionResult> RollBack(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "staff/operations/{id}/rollback")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var who = await callers.RequireAsync(request, ct);
        return Accepted(await acts.RollBackAsync(client, who, id, ct));
    }

    /// <summary>Gives an operation that goes on more minutes, counted from its deadline or from now, whichever is later, and never beyond an
    /// hour from now. What a step waits for on machines, and for machines, is not given up before then: not for the deadline, and not because
    /// it was looked at as often as is usual. A step's limits on the machine itself stay as they are, a deletion goes its own way, and
    /// what has failed already is not brought back.</summary>
    [Function("StaffExtendOperation")]
    [OperatorsOnly, Takes(typeof(StaffExtension)), Answers(202, typeof(StaffBegunView))]
    public async Task<IActionResult> Extend(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "staff/operations/{id}/extend")] HttpRequest request, string id,
        CancellationToken ct)
    {
        var who = await callers.RequireAsync(request, ct);
        return Accepted(await acts.ExtendAsync(who, id, async () => (await Bodies.ReadAsync<StaffExtension>(request, ct)).Minutes, ct));
    }

    /// <summary>The same for many; each is answered for itself.</summary>
    [Function("StaffBulkOperations")]
    [OperatorsOnly, StepUp, Takes(typeof(StaffBulk)), Answers(200, typeof(StaffBulkView))]
    public async Task<IActionResult> Bulk(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "staff/operations")] HttpRequest request,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var who = await callers.RequireAsync(request, ct);
        var body = await Bodies.ReadAsync<StaffBulk>(request, ct);
        var verb = Enum.GetValues<StaffVerb>().Cast<StaffVerb?>().FirstOrDefault(one => one!.Value.Wire() == body.Action)
            ?? throw Problems.Invalid("action", $"is one of {Verbs}.");

        if (body.Ids is not { Count: > 0 and <= BulkMax } ids)
        {
            throw Problems.Invalid("ids", $"has 1 to {BulkMax} ids of operations.");
        }

        var results = new List<StaffBulkResultView>();
        foreach (var id in ids.Distinct())
        {
            results.Add(await OneAsync(id, () => verb switch
            {
                StaffVerb.Retry => acts.RetryAsync(client, who, id, ct),
                StaffVerb.Cancel => acts.CancelAsync(who, id, ct),
                _ => acts.RollBackAsync(client, who, id, ct),
            }));
        }

        return new OkObjectResult(new StaffBulkView(results));
    }

    private static async Task<StaffBulkResultView> OneAsync(string id, Func<Task<StaffBegunView>> act)
    {
        try
        {
            return new(id, true, (await act()).Operation, null, null);
        }
        catch (ProblemException refused)
        {
            return new(id, false, null, refused.Type, refused.Message);
        }
    }

    private static AcceptedResult Accepted(StaffBegunView begun) => new($"/api/staff/operations/{begun.Operation}", begun);
}
