using System.ComponentModel.DataAnnotations;
using Launchpad.Functions.Access;
using Launchpad.Functions.Auth;
using Launchpad.Shared.Access;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions;

public sealed record Message([property: Required] string? Text);

/// <param name="Request">The id that the waiting browser shows.</param>
public sealed record WaitingBrowser([property: Required] string? Request);

/// <summary>What an owner can have done with a bot as it is. Nothing here waits for a machine.</summary>
public sealed class Lifecycle(Ownership ownership, OperationStarter starter)
{
    /// <summary>Deletes the deployment: the bot stops at once, and its data goes when the undo window has passed. Deleting twice answers
    /// the same operation.</summary>
    [Function("DeleteDeployment")]
    [Needs(Permission.Delete)]
    [StepUp, Answers(202, typeof(Begun)), Answers(204)]
    [Query("window", "none")]
    public async Task<IActionResult> Delete(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "deployments/{id}")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        return deployment.Status is DeploymentStatus.Terminated
            ? new NoContentResult()
            : await BeginAsync(
                request, client, deployment, OperationKind.Terminate, request.Query["window"] == "none" ? DeletionRequest.AtOnce : null, ct);
    }

    /// <summary>Provisions a paid order again after it failed.</summary>
    [Function("RetryDeployment")]
    [Needs(Permission.Change)]
    [Answers(202, typeof(Begun))]
    public async Task<IActionResult> Retry(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deployments/{id}/retry")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        // One that failed before anything was made is still what it was when it was ordered.
        return deployment.LastOperation is null
            ? throw Problems.WrongState(deployment, "Only an order whose provisioning failed can be retried.")
            : await BeginAsync(request, client, deployment, OperationKind.Provision, typed: null, ct);
    }

    /// <summary>Stops and starts nothing that runs well: it converges the machine to the active version, which brings a bot back that is
    /// down.</summary>
    [Function("RestartDeployment")]
    [Needs(Permission.Operate)]
    [Answers(202, typeof(Begun))]
    public async Task<IActionResult> Restart(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deployments/{id}/restart")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct) =>
        await BeginAsync(request, client, await ownership.FindAsync(request, id, ct), OperationKind.Restart, typed: null, ct);

    /// <summary>Stops the bot; its data, its place and its price stay.</summary>
    [Function("SuspendDeployment")]
    [Needs(Permission.Operate)]
    [Answers(202, typeof(Begun))]
    public async Task<IActionResult> Suspend(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deployments/{id}/suspend")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct) =>
        await BeginAsync(request, client, await ownership.FindAsync(request, id, ct), OperationKind.Suspend, typed: null, ct);

    /// <summary>Starts a suspended bot again.</summary>
    [Function("ResumeDeployment")]
    [Needs(Permission.Operate)]
    [Answers(202, typeof(Begun))]
    public async Task<IActionResult> Resume(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deployments/{id}/resume")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct) =>
        await BeginAsync(request, client, await ownership.FindAsync(request, id, ct), OperationKind.Resume, typed: null, ct);

    /// <summary>Asks the bot something; the operation's result is its answer.</summary>
    [Function("TestDeployment")]
    [Needs(Permission.Operate)]
    [Takes(typeof(Message)), Answers(202, typeof(Begun))]
    public async Task<IActionResult> Test(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deployments/{id}/test-message")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        var text = Rules.Message((await Bodies.ReadAsync<Message>(request, ct)).Text);
        return await BeginAsync(request, client, deployment, OperationKind.TestMessage, text, ct);
    }

    /// <summary>A browser that opens the bot for the first time shows an id and waits; its owner lets it in with this.</summary>
    [Function("PairDeploymentBrowser")]
    [Needs(Permission.Operate)]
    [Takes(typeof(WaitingBrowser)), Answers(202, typeof(Begun))]
    public async Task<IActionResult> Pair(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deployments/{id}/browsers")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        var waiting = Rules.BrowserRequest((await Bodies.ReadAsync<WaitingBrowser>(request, ct)).Request);
        return await BeginAsync(request, client, deployment, OperationKind.PairBrowser, waiting, ct);
    }

    private async Task<IActionResult> BeginAsync(
        HttpRequest request, DurableTaskClient client, Deployment deployment, OperationKind kind, string? typed, CancellationToken ct) =>
        Answers.Accepted(await starter.BeginAsync(client, deployment, kind, Caller.Of(request), typed, ct));
}
