using Launchpad.Functions.Access;
using Launchpad.Orchestrations.Definitions;
using Launchpad.Shared.Access;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions;

/// <summary>What becomes of what a bot made of its own files: its owner's choice, never ours.</summary>
public sealed class DriftChoices(Ownership ownership, DriftStore drift, Recorder recorder, OperationStarter starter)
{
    /// <summary>The difference may stay. It is shown as accepted for as long as it is the same.</summary>
    [Function("AcceptDrift")]
    [Needs(Permission.Change)]
    [Answers(200, typeof(DriftView))]
    public async Task<IActionResult> Accept(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deployments/{id}/drift/{fingerprint}/accept")] HttpRequest request,
        string id, string fingerprint, CancellationToken ct)
    {
        var (deployment, found) = await FindAsync(request, id, fingerprint, ct);
        if (found.AcceptedAt is null)
        {
            await drift.AcceptAsync(id, fingerprint, ct);
            await recorder.ActAsync(id, Caller.Of(request).Actor, "accept-drift", new { fingerprint }, ct);
        }
        else
        {
            RecordTrail.NothingChanged();
        }

        return new OkObjectResult(DriftView.Of(await drift.FindOpenAsync(id, fingerprint, ct) ?? throw Gone(deployment)));
    }

    /// <summary>The bot's files become what its active version says, and the bot runs on or again.</summary>
    [Function("RevertDrift")]
    [Needs(Permission.Change)]
    [Answers(202, typeof(Begun))]
    public async Task<IActionResult> Revert(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deployments/{id}/drift/{fingerprint}/revert")] HttpRequest request,
        string id, string fingerprint, [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var (deployment, _) = await FindAsync(request, id, fingerprint, ct);
        return Answers.Accepted(await starter.BeginAsync(
            client, deployment, OperationKind.Restart, Caller.Of(request), RestartDefinition.PuttingBack, ct));
    }

    private async Task<(Deployment Deployment, DriftEvent Found)> FindAsync(
        HttpRequest request, string id, string fingerprint, CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        var found = await drift.FindOpenAsync(id, fingerprint, ct) ?? throw Gone(deployment);
        return found.IsOfFiles
            ? (deployment, found)
            : throw Problems.WrongState(deployment, "This is not of the bot's own files: the operator has been told of it.");
    }

    private static ProblemException Gone(Deployment deployment) =>
        Problems.WrongState(deployment, "Nothing like that is open now: it was put right, or is another difference. GET …/drift lists them.");
}
