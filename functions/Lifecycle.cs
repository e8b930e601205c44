using Grpc.Core;
using Launchpad.Orchestrations;
using Launchpad.Orchestrations.Definitions;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions;

/// <summary>Stopping for a while, taking a deletion back, and stopping what goes on.</summary>
public sealed class Lifecycle(
    DeploymentStore deployments, OperationStore operations, OperationStarter starter, Recorder recorder, Callers callers, Ownership ownership)
{
    /// <summary>Stops the bot; its data, its place and its price stay.</summary>
    [Function("SuspendDeployment")]
    public async Task<IActionResult> Suspend(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deployments/{id}/suspend")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        return Answers.Accepted(await starter.BeginAsync(
            client, deployment, OperationKind.Suspend, deployment.Account, typed: null, ct));
    }

    [Function("ResumeDeployment")]
    public async Task<IActionResult> Resume(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deployments/{id}/resume")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        return Answers.Accepted(await starter.BeginAsync(
            client, deployment, OperationKind.Resume, deployment.Account, typed: null, ct));
    }

    /// <summary>Takes a deletion back as long as its data is there.</summary>
    [Function("UndeleteDeployment")]
    public async Task<IActionResult> Undelete(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deployments/{id}/undelete")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        if (deployment.Operation is not { Kind: OperationKind.Terminate } deletion
            || !(await operations.StepsAsync(deletion.Id, ct)).Any(step =>
                step.Name == Steps.UndoWindow.Name && step.Status is StepStatus.Started))
        {
            throw Problems.WrongState(deployment, "A deletion can be taken back as long as its undo window is open.");
        }

        var decided = await deployments.ChangeAsync(
            deployment.Account, id,
            now => now.Operation is { Decision: null } open && open.Id == deletion.Id
                ? now with { Operation = open with { Decision = UndoDecision.TakenBack } }
                : null,
            ct);
        if (decided.Operation?.Id != deletion.Id || decided.Operation.Decision is not UndoDecision.TakenBack)
        {
            throw Problems.WrongState(decided, "The deletion has just become final.");
        }

        await recorder.ActOnceAsync($"undelete-{deletion.Id}", id, deployment.Account, "undelete", new { operation = deletion.Id }, ct);
        await Resumption.WakeAsync(client, deletion.Id, ct);
        return Answers.Accepted(deletion.Id);
    }

    /// <summary>Stops an operation: what it did is taken back, as GET on it lists before.</summary>
    [Function("CancelOperation")]
    public async Task<IActionResult> Cancel(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "operations/{id}/cancel")] HttpRequest request, string id,
        CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        var operation = Shared.Ids.IsValid(id, Shared.Ids.Operation) ? await operations.FindAsync(account.Id, id, ct) : null;
        if (operation is null)
        {
            throw Problems.NotFound();
        }

        var deployment = await deployments.ChangeAsync(
            account.Id, operation.Deployment,
            current => current.Operation?.Id == id && operation.Kind.Definition().IfCancelled(new([])) is not null
                ? current with { Operation = current.Operation with { Cancelled = true } }
                : null,
            ct);
        if (deployment.Operation is not { Cancelled: true } held || held.Id != id)
        {
            throw Problems.CannotCancel(operation);
        }

        await recorder.ActOnceAsync($"cancel-{id}", operation.Deployment, account.Id, "cancel", new { operation = id }, ct);
        return new AcceptedResult($"/api/operations/{id}", new { operation = id, status = "cancelling" });
    }
}
