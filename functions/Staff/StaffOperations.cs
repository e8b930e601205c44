using System.Buffers;
using Launchpad.Shared;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Staff;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions.Staff;

/// <param name="Operation">The one that goes on from here: another one for one that had failed.</param>
/// <param name="Status">accepted, or cancelling.</param>
public sealed record StaffBegunView(string Operation, string Status);

/// <param name="Action">retry or cancel.</param>
/// <param name="Ids">Of operations, a hundred at most.</param>
public sealed record StaffBulk(string? Action, IReadOnlyList<string>? Ids);

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

    /// <summary>One operation as its owner sees it: every step with its reason, and what is still to come.</summary>
    [Function("StaffGetOperation")]
    [OperatorsOnly, Answers(200, typeof(OperationView))]
    public async Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "staff/operations/{id}/steps")] HttpRequest request, string id,
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
    [OperatorsOnly, Answers(202, typeof(StaffBegunView))]
    public async Task<IActionResult> Cancel(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "staff/operations/{id}/cancel")] HttpRequest request, string id,
        CancellationToken ct)
    {
        var who = await callers.RequireAsync(request, ct);
        return Accepted(await acts.CancelAsync(who, id, ct));
    }

    /// <summary>The same for many; each is answered for itself.</summary>
    [Function("StaffBulkOperations")]
    [OperatorsOnly, Takes(typeof(StaffBulk)), Answers(200, typeof(StaffBulkView))]
    public async Task<IActionResult> Bulk(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "staff/operations/bulk")] HttpRequest request,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var who = await callers.RequireAsync(request, ct);
        var body = await Bodies.ReadAsync<StaffBulk>(request, ct);
        if (body.Action is not ("retry" or "cancel"))
        {
            throw Problems.Invalid("action", "is 'retry' or 'cancel'.");
        }

        if (body.Ids is not { Count: > 0 and <= BulkMax } ids)
        {
            throw Problems.Invalid("ids", $"has 1 to {BulkMax} ids of operations.");
        }

        var results = new List<StaffBulkResultView>();
        foreach (var id in ids.Distinct())
        {
            results.Add(await OneAsync(
                id, () => body.Action is "retry" ? acts.RetryAsync(client, who, id, ct) : acts.CancelAsync(who, id, ct)));
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

    private static AcceptedResult Accepted(StaffBegunView begun) => new($"/api/staff/operations/{begun.Operation}/steps", begun);
}

/// <summary>What operators have done with operations, by the way that everybody's wishes go. It stands in the customer's record.</summary>
public sealed class StaffOperationActs(StaffOperationFinder finder, OperationStarter starter, StaffCare care, StaffLog log)
{
    public async Task<StaffBegunView> RetryAsync(DurableTaskClient client, Operator who, string id, CancellationToken ct)
    {
        var (operation, deployment) = await finder.FindAsync(id, ct);
        if (deployment.Operation?.Id == id || deployment.Ending?.Operation == id)
        {
            await log.ActOnAsync(deployment.Id, who, "look-after", new { operation = id }, ct);
            await care.LookAfterAsync(client, deployment, ct);
            return new(id, "accepted");
        }

        if (StaffOperationViews.WhyNotAgain(operation, deployment) is { } why)
        {
            throw Problems.CannotRetry(why);
        }

        var begun = await starter.BeginAsync(client, deployment, operation.Kind, who.Actor, operation.Request, ct);
        await log.ActOnAsync(deployment.Id, who, "retry", new { operation = begun.Id, of = id }, ct);
        return new(begun.Id, "accepted");
    }

    public async Task<StaffBegunView> CancelAsync(Operator who, string id, CancellationToken ct)
    {
        var (operation, deployment) = await finder.FindAsync(id, ct);
        await care.CancelAsync(operation, ct);
        await log.ActOnAsync(deployment.Id, who, "cancel", new { operation = id }, ct);
        return new(id, "cancelling");
    }
}

/// <summary>Looks after one deployment at once, as the clock does every minute.</summary>
public sealed class StaffCare(DeploymentStore deployments, Resumption resumption, Orchestrations.Activities.Closing closing)
{
    public async Task LookAfterAsync(DurableTaskClient client, Deployment deployment, CancellationToken ct)
    {
        if (deployment.Ending is not null)
        {
            await closing.CloseAsync(deployment, ct);
        }

        // One that a machine's saga is about to begin itself is left to it.
        if (deployment.Operation is not null && !await Recoveries.WillBeginAsync(client, deployment, ct))
        {
            await resumption.ResumeAsync(client, deployment, ct);
        }
    }

    /// <inheritdoc cref="Cancelling.CancelAsync"/>
    public Task CancelAsync(Operation operation, CancellationToken ct) => deployments.CancelAsync(operation, ct);
}
