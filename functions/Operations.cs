using Launchpad.Orchestrations.Definitions;
using Launchpad.Shared.Operations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions;

public sealed record StepView(
    string Name, string Title, string Status, int Attempt, DateTimeOffset StartedAt, long? DurationMs, string? Detail, string? Code);

/// <param name="Failure">What happened, what was undone and what to do; null unless it failed.</param>
/// <param name="IfCancelled">What would be taken back if it were cancelled now; null when it cannot be.</param>
public sealed record OperationView(
    string Id, string Deployment, string Kind, string Status, string By, DateTimeOffset CreatedAt, DateTimeOffset Deadline,
    DateTimeOffset? FinishedAt, string? Result, OperationFailure? Failure, IEnumerable<StepView> Steps, IReadOnlyList<string>? IfCancelled);

/// <summary>What is going on with a deployment and what went on, step by step.</summary>
public sealed class Operations(OperationStore operations, Callers callers)
{
    [Function("GetOperation")]
    public async Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "operations/{id}")] HttpRequest request, string id,
        CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        var found = Shared.Ids.IsValid(id, Shared.Ids.Operation) ? await operations.FindAsync(account.Id, id, ct) : null;
        return found is null ? throw Problems.NotFound() : new OkObjectResult(View(found, await operations.StepsAsync(id, ct)));
    }

    private static OperationView View(Operation operation, IReadOnlyList<OperationStep> steps) => new(
        operation.Id, operation.Deployment, Wire(operation.Kind),
        operation.Status is OperationStatus.Accepted && steps.Count > 0 ? "running" : Wire(operation.Status),
        operation.By, operation.CreatedAt, operation.Deadline, operation.FinishedAt, operation.Result, operation.Failure,
        steps.OrderBy(step => step.StartedAt).Select(step => new StepView(
            step.Name, step.Title, Wire(step.Status), step.Attempt, step.StartedAt, step.DurationMs, step.Detail, step.Code)),
        operation.IsFinished ? null : operation.Kind.Definition().IfCancelled(new(steps)));

    private static string Wire<T>(T value)
        where T : struct, Enum =>
        System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
}
