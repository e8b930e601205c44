using System.Collections.Concurrent;
using Launchpad.Functions.Access;
using Launchpad.Orchestrations.Definitions;
using Launchpad.Shared;
using Launchpad.Shared.Access;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions;

/// <param name="Status">pending for a step that has not begun.</param>
/// <param name="Attempt">1 for the first try; 0 for a step that has not begun.</param>
/// <param name="UsualMs">How long it took the last times; null where that is not known.</param>
/// <param name="Compensates">The name of the step that it takes back; null when it takes none back.</param>
public sealed record StepView(
    string Name, string Title, [property: Wire(typeof(StepStatus), Also = StepView.Pending)] string Status, int Attempt, DateTimeOffset? StartedAt, long? DurationMs, string? Detail, string? Code,
    long? UsualMs, string? Compensates)
{
    public const string Pending = "pending";
}

/// <summary>What an operation stands still for.</summary>
/// <param name="What">In words.</param>
/// <param name="Until">When it stops waiting at the latest.</param>
public sealed record WaitView(string What, DateTimeOffset Since, DateTimeOffset Until);

/// <param name="Failure">What happened, what was undone and what to do; null unless it failed.</param>
/// <param name="Steps">Those that were taken, then those that are usually still to come.</param>
/// <param name="IfCancelled">What would be taken back if it were cancelled now; null when it cannot be.</param>
/// <param name="Cancelling">True when somebody asked for it to stop.</param>
/// <param name="Retryable">True when POST …/retry asks for the same again.</param>
/// <param name="UsualMs">How long such an operation takes; null where that is not known.</param>
/// <param name="WaitingFor">Null while it works.</param>
/// <param name="UndoUntil">Until when it can be taken back with POST …/undelete; null where it cannot.</param>
/// <param name="DowntimeMs">How long the bot was away for a change that has ended; null where that was not measured.</param>
/// <param name="Preview">What a preview found out; null for every other kind, and until it has ended well.</param>
public sealed record OperationView(
    string Id, string Deployment, string DeploymentName, [property: Wire(typeof(OperationKind))] string Kind,
    [property: Wire(typeof(OperationStatus))] string Status, string By, DateTimeOffset CreatedAt, DateTimeOffset Deadline,
    DateTimeOffset? FinishedAt, string? Result, OperationFailure? Failure, IReadOnlyList<StepView> Steps, IReadOnlyList<string>? IfCancelled,
    bool Cancelling, bool Retryable, long? UsualMs, WaitView? WaitingFor, DateTimeOffset? UndoUntil,
    long? DowntimeMs, PreviewView? Preview);

/// <param name="Failure">What happened, what was undone and what to do; null unless it failed.</param>
public sealed record OperationSummary(
    string Id, string Deployment, string DeploymentName, [property: Wire(typeof(OperationKind))] string Kind, [property: Wire(typeof(OperationStatus))] string Status,
    string By, DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt, string? Result, OperationFailure? Failure);

/// <param name="Cursor">Leads to the next page; null when this was the last.</param>
public sealed record OperationPage(IReadOnlyList<OperationSummary> Operations, string? Cursor);

/// <summary>What is going on with a deployment and what went on, step by step.</summary>
public sealed class Operations(OperationStore operations, DeploymentStore deployments, Ownership ownership, OperationStarter starter)
{
    /// <summary>One operation: every step with its reason, and what is still to come.</summary>
    [Function("GetOperation")]
    [Needs(Permission.Read)]
    [Answers(200, typeof(OperationView))]
    public async Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "operations/{id}")] HttpRequest request, string id,
        CancellationToken ct)
    {
        var operation = await ownership.FindOperationAsync(request, id, ct);
        var deployment = await deployments.GetAsync(operation.Account, operation.Deployment, ct);
        return new OkObjectResult(OperationViews.Of(
            operation, deployment, await operations.StepsAsync(id, ct), await operations.Usual.OfAsync(operation.Kind, ct)));
    }

    /// <summary>What was done with any of your bots, newest first.</summary>
    [Function("ListOperations")]
    [Needs(Permission.Read)]
    [Query("cursor")]
    [Answers(200, typeof(OperationPage))]
    public async Task<IActionResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "operations")] HttpRequest request, CancellationToken ct)
    {
        var account = await ownership.CallerAsync(request, ct);
        var (found, next) = await PageAsync(request, account.Id, null, account.CreatedAt, ct);
        var about = new ConcurrentDictionary<string, Deployment>();
        await Parallel.ForEachAsync(
            found.Select(operation => operation.Deployment).Distinct(), ct,
            async (id, stop) => about[id] = await deployments.GetAsync(account.Id, id, stop));
        return new OkObjectResult(new OperationPage(
            [.. found.Select(operation => OperationViews.Summary(operation, about[operation.Deployment]))], next));
    }

    /// <summary>What was done with the bot, newest first.</summary>
    [Function("ListDeploymentOperations")]
    [Needs(Permission.Read)]
    [Query("cursor")]
    [Answers(200, typeof(OperationPage))]
    public async Task<IActionResult> ListOf(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "deployments/{id}/operations")] HttpRequest request, string id,
        CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        var (found, next) = await PageAsync(request, deployment.Account, id, deployment.CreatedAt, ct);
        return new OkObjectResult(new OperationPage([.. found.Select(operation => OperationViews.Summary(operation, deployment))], next));
    }

    /// <summary>Asks again for what failed. Secrets that came with it have to be sent anew.</summary>
    [Function("RetryOperation")]
    [Needs(Permission.Operate)]
    [Answers(202, typeof(Begun))]
    public async Task<IActionResult> Retry(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "operations/{id}/retry")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var operation = await ownership.FindOperationAsync(request, id, ct);
        var deployment = await deployments.GetAsync(operation.Account, operation.Deployment, ct);
        Caller.Of(request).RequireFor(operation.Kind, operation.Request);
        return OperationViews.WhyNotAgain(operation, deployment) is { } why
            ? throw Problems.CannotRetry(why)
            : Answers.Accepted(await starter.BeginAsync(client, deployment, operation.Kind, Caller.Of(request), operation.Request, ct));
    }

    private async Task<(IReadOnlyList<Operation> Found, string? Next)> PageAsync(
        HttpRequest request, string account, string? deployment, DateTimeOffset since, CancellationToken ct)
    {
        var found = await operations.ListAsync(account, deployment, Rules.Cursor(request.Query["cursor"].FirstOrDefault(), Ids.Operation), since, ct);
        return (found, found.Count < OperationStore.ListMax ? null : found[^1].Id);
    }
}
