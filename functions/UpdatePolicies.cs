using Launchpad.Functions.Access;
using Launchpad.Shared.Access;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Images;
using Launchpad.Shared.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions;

/// <param name="Channel">An image tag that upgrades follow; null for the operator's.</param>
/// <param name="ResumeUpgrades">True to allow upgrades again after several failed in a row.</param>
public sealed record UpdatePolicy(string? Channel, bool Pinned, bool ResumeUpgrades);

/// <param name="FailedRollouts">In a row, until now.</param>
/// <param name="Paused">True when so many failed in a row that none is tried unasked.</param>
public sealed record UpdatesView(string Channel, bool Pinned, int FailedRollouts, bool Paused)
{
    /// <param name="usual">The image tag of those who chose none.</param>
    public static UpdatesView Of(Deployment deployment, string usual) =>
        new(deployment.Channel ?? usual, deployment.Pinned, deployment.FailedRollouts, deployment.AreUpgradesPaused);
}

/// <summary>Which images a bot is to follow, and whether.</summary>
public sealed class UpdatePolicies(Ownership ownership, DeploymentStore deployments, Recorder recorder, IOptions<ImageOptions> images)
{
    /// <summary>Which image tag the bot follows, and whether it is pinned to the image that it has.</summary>
    [Function("SetUpdatePolicy")]
    [Needs(Permission.Change)]
    [IfMatch(Required = false), Takes(typeof(UpdatePolicy)), Answers(200, typeof(UpdatesView))]
    public async Task<IActionResult> SetPolicy(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "deployments/{id}/updates")] HttpRequest request, string id,
        CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        var body = await Bodies.ReadAsync<UpdatePolicy>(request, ct);
        var channel = Rules.Tag("channel", body.Channel);
        var before = deployment;
        var changed = await deployments.ChangeAsync(
            deployment.Account, id,
            current =>
            {
                // Also where somebody else was faster since it was read.
                Preconditions.Check(request, before = current);
                return current with
                {
                    Channel = channel,
                    Pinned = body.Pinned,
                    FailedRollouts = body.ResumeUpgrades ? 0 : current.FailedRollouts,
                };
            },
            ct);
        await recorder.ActAsync(
            id, Caller.Of(request).Actor, "set-update-policy",
            new { before = new { before.Pinned }, after = new { body.Pinned }, body.ResumeUpgrades },
            before.Channel == channel ? null : $"{before.Channel ?? images.Value.Tag} → {channel ?? images.Value.Tag}", CancellationToken.None);
        return new OkObjectResult(UpdatesView.Of(changed, images.Value.Tag));
    }
}
