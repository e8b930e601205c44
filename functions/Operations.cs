using Launchpad.Orchestrations.Definitions;
using Launchpad.Shared;
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
public sealed class Operations(OperationStore operations, Ownership ownership)
{
    [Function("GetOperation")]
    public async Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "operations/{id}")] HttpRequest request, string id,
        CancellationToken ct)
    {
        var operation = await ownership.FindOperationAsync(request, id, ct);
        return new OkObjectResult(View(operation, await operations.StepsAsync(id, ct)));
    }

    private static OperationView View(Operation operation, IReadOnlyList<OperationStep> steps) => new(
        operation.Id, operation.Deployment, operation.Kind.Wire(),
        operation.Status is OperationStatus.Accepted && steps.Count > 0 ? "running" : operation.Status.Wire(),
        operation.By, operation.CreatedAt, operation.Deadline, operation.FinishedAt, operation.Result, operation.Failure,
        steps.OrderBy(step => step.StartedAt).Select(step => new StepView(
            step.Name, step.Title, step.Status.Wire(), step.Attempt, step.StartedAt, step.DurationMs, step.Detail, step.Code)),
        operation.IsFinished ? null : operation.Kind.Definition().IfCancelled(new(steps)));
}
