using Launchpad.Shared.Backups;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Images;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions;

/// <param name="UndoSeconds">How long a deletion can be taken back.</param>
/// <param name="BackupUndoSeconds">How long the deletion of a backup can be taken back.</param>
/// <param name="DeploymentsMax">How many bots an account may have.</param>
/// <param name="StreamsMax">How many event streams an account may have open.</param>
/// <param name="Release">The image tag that bots follow unless their owner chose another.</param>
/// <param name="Model">The language model of bots whose owner chose none.</param>
/// <param name="Rehearsals">What can be broken on purpose: POST …/rehearsals takes one. None where the operator offers none.</param>
/// <param name="TestMode">True when the payment provider takes test cards only.</param>
public sealed record CapabilitiesView(
    long UndoSeconds, long BackupUndoSeconds, int DeploymentsMax, int StreamsMax, int MessageCharsMax, string Release, string Model,
    bool TestMode, IReadOnlyList<string> Rehearsals);

/// <summary>What an operator has set that a client has to know. Anybody may look.</summary>
public sealed class Capabilities(
    Quota quota, IOptions<RolloutOptions> rollouts, IOptions<BackupOptions> backups, ReleaseInfo release)
{
    /// <summary>The limits and settings of this Launchpad that a client has to know.</summary>
    [Function("GetCapabilities")]
    [Open, Answers(200, typeof(CapabilitiesView))]
    public async Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "capabilities")] HttpRequest request, CancellationToken ct) =>
        new OkObjectResult(new CapabilitiesView(
            (long)rollouts.Value.UndoWindow.TotalSeconds, (long)backups.Value.UndoWindow.TotalSeconds, quota.Max, EventStreams.PerAccountMax,
            Rules.MessageCharsMax, release.Tag, release.Model, await release.IsTestModeAsync(ct), rollouts.Value.RehearsalTags));
}

/// <summary>Which release is sold, and whether for real money.</summary>
public sealed class ReleaseInfo(IOptions<ImageOptions> images, IOptions<ModelOptions> models, StripeConnection stripe)
{
    public string Model => models.Value.Model;

    public string Tag => images.Value.Tag;

    public async Task<bool> IsTestModeAsync(CancellationToken ct) => !await stripe.IsLiveAsync(ct);
}
