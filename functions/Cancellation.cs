using Launchpad.Functions.Access;
using Launchpad.Orchestrations;
using Launchpad.Orchestrations.Definitions;
using Launchpad.Shared.Access;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions;

/// <summary>Taking a deletion back, and stopping what goes on.</summary>
public sealed class Cancellation(Ownership ownership, DeploymentStore deployments, UndoWindows windows, Recorder recorder)
{
    /// <summary>Takes a deletion back as long as its data is there.</summary>
    [Function("UndeleteDeployment")]
    [Needs(Permission.Delete)]
    [Answers(202, typeof(Begun))]
    public async Task<IActionResult> Undelete(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deployments/{id}/undelete")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        if (deployment.Operation is not { Kind: OperationKind.Terminate } deletion
            || !await windows.IsOpenAsync(deployment.Account, deletion.Id, ct))
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

        await recorder.ActOnceAsync($"undelete-{deletion.Id}", id, Caller.Of(request).Actor, "undelete", new { operation = deletion.Id }, ct);
        await client.WakeAsync(deletion.Id, Terminate.Decision, ct);
        return Answers.Accepted(deletion.Id);
    }

    /// <summary>Stops an operation: what it did is taken back, as GET on it lists before.</summary>
    [Function("CancelOperation")]
    [Needs(Permission.Operate)]
    [Answers(202, typeof(Begun))]
    public async Task<IActionResult> Cancel(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "operations/{id}/cancel")] HttpRequest request, string id,
        CancellationToken ct)
    {
        var operation = await ownership.FindOperationAsync(request, id, ct);
        Caller.Of(request).Require(operation.Kind.Definition().Permission);
        await deployments.CancelAsync(operation, ct);
        await recorder.ActOnceAsync($"cancel-{id}", operation.Deployment, Caller.Of(request).Actor, "cancel", new { operation = id }, ct);
        return new AcceptedResult($"/api/operations/{id}", new Begun(id, "cancelling"));
    }
}

/// <summary>Whether deletions can be taken back.</summary>
public sealed class UndoWindows(OperationStore operations, TimeProvider clock)
{
    /// <summary>What the deletion does before it opens its window may take so long that it has none any more.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    /// <summary>It is open, or will be as soon as the bot is stopped: the deletion looks at what was decided when it comes to it.</summary>
    public async Task<bool> IsOpenAsync(string account, string deletion, CancellationToken ct) =>
        (await operations.StepsAsync(deletion, ct)).FirstOrDefault(step => step.Name == Steps.UndoWindow.Name) is { } window
            ? window.Status is StepStatus.Started
            : await operations.FindAsync(account, deletion, ct) is { Request: { } request }
                && DeletionRequest.Parse(request).Until > clock.GetUtcNow() + Margin;
}
