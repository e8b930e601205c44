using Launchpad.Functions.Access;
using Launchpad.Shared;
using Launchpad.Shared.Access;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Images;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions;

/// <param name="Tag">The image tag to take; null for that of the deployment's channel.</param>
/// <param name="Data">What the bot finds if it has to go back: "as-now" (usual) or "as-at-switch".</param>
public sealed record UpgradeTo(string? Tag, string? Why, string? Data);

/// <param name="Version">null for the one that ran before the active one.</param>
/// <param name="Data">What that version finds: "as-now" (usual), or "as-at-switch" for what it left behind.</param>
public sealed record RollBackTo(int? Version, string? Why, string? Data);

/// <summary>Another image for a bot that runs, and the way back to a version of before.</summary>
public sealed class Upgrades(Ownership ownership, ConfigVersionStore versions, OperationStarter starter, IOptions<ImageOptions> images)
{
    /// <summary>Brings the bot on another image.</summary>
    [Function("UpgradeDeployment")]
    [Needs(Permission.Change)]
    [IfMatch, Takes(typeof(UpgradeTo)), Answers(202, typeof(Begun))]
    [Query(ChangePreviews.Parameter, "true", "false")]
    [Query(ChangePreviews.FormerParameter, "true", "false")]
    public async Task<IActionResult> Upgrade(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deployments/{id}/upgrade")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        var body = await Bodies.ReadAsync<UpgradeTo>(request, ct);
        Preconditions.Require(request, deployment);
        if (deployment.Pinned && body.Tag is null)
        {
            throw Problems.WrongState(deployment, "It is pinned to its image. Name a 'tag', or PUT …/updates with \"pinned\": false.");
        }

        if (deployment.AreUpgradesPaused)
        {
            throw Problems.UpgradesPaused(deployment.FailedRollouts);
        }

        var tag = Rules.Tag("tag", body.Tag) ?? deployment.Channel ?? images.Value.Tag;
        var change = new ChangeRequest(null, tag, null, Rules.Data(body.Data), Rules.Why(body.Why));
        return await BeginAsync(request, client, deployment, OperationKind.Upgrade, change, ct);
    }

    /// <summary>Brings a version of before back.</summary>
    [Function("RollBackDeployment")]
    [Needs(Permission.Change)]
    [IfMatch, Takes(typeof(RollBackTo)), Answers(202, typeof(Begun))]
    [Query(ChangePreviews.Parameter, "true", "false")]
    [Query(ChangePreviews.FormerParameter, "true", "false")]
    public async Task<IActionResult> RollBack(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deployments/{id}/rollback")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        var body = await Bodies.ReadAsync<RollBackTo>(request, ct);
        Preconditions.Require(request, deployment);
        var number = body.Version ?? deployment.PreviousGood ?? throw Problems.WrongState(deployment, "No version ran before this one.");
        var version = await versions.FindAsync(deployment.Id, number, ct);
        if (version is not { Status: ConfigVersionStatus.Superseded })
        {
            throw Problems.Invalid("version", version is null
                ? "is not a version of this deployment. GET …/versions lists them."
                : $"is {version.Status.Wire()}: only a version that ran well before can be gone back to.");
        }

        var data = Rules.Data(body.Data);
        if (data is DataChoice.AsAtSwitch && number != deployment.PreviousGood)
        {
            throw Problems.Invalid("data", deployment.PreviousGood is { } kept
                ? $"as-at-switch is possible for version {kept} only: of older ones no data is kept."
                : "as-at-switch is not possible: no version ran before this one.");
        }

        // Its plan may be one of another kind of machine.
        var plan = version.State.Plan == deployment.Plan ? null : Plan.Get(version.State.Plan);
        var moves = plan is not null && plan.Tier != Plan.Get(deployment.Plan).Tier;
        var change = new ChangeRequest(null, null, number, data, Rules.Why(body.Why), Plan: plan?.Id);
        return await BeginAsync(request, client, deployment, moves ? OperationKind.Move : OperationKind.Rollback, change, ct);
    }

    private async Task<IActionResult> BeginAsync(
        HttpRequest request, DurableTaskClient client, Deployment deployment, OperationKind kind, ChangeRequest change,
        CancellationToken ct) =>
        Answers.Accepted(await starter.BeginAsync(
            client, deployment, ChangePreviews.IsAsked(request) ? OperationKind.Preview : kind, Caller.Of(request), change.ToJson(), ct));
}
