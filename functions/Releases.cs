using Launchpad.Functions.Access;
using Launchpad.Shared.Access;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Images;
using Launchpad.Shared.OpenClaw;
using Launchpad.Shared.Vms;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions;

/// <param name="Digest">Of what the tag names now; null where it is not trusted.</param>
/// <param name="Trusted">Whether a key of this Launchpad signed exactly this image for exactly this tag.</param>
/// <param name="Refusal">Why no bot would be brought on it; null where one can be.</param>
/// <param name="IsDefault">Whether bots follow it whose owner chose none.</param>
public sealed record ReleaseView(string Tag, string? Digest, bool Trusted, string? Refusal, bool IsDefault);

public sealed record ReleaseList(IEnumerable<ReleaseView> Releases);

/// <param name="Written">SHA-256 of what was put there, hexadecimal.</param>
/// <param name="Found">SHA-256 of what is there; null where nothing is that can be read.</param>
public sealed record FileSeen(string Path, string? Written, string? Found);

/// <param name="Version">The config version that runs.</param>
/// <param name="Image">Registry, repository and digest: what runs can be nothing else.</param>
/// <param name="Trusted">Whether a key of this Launchpad signed the image, as the registry says now.</param>
/// <param name="Refusal">Why it would not be started today; null where it would.</param>
/// <param name="Key">SHA-256 of the public key that signed it, hexadecimal; null where none of ours did.</param>
/// <param name="Config">SHA-256 of the whole desired state, hexadecimal: that of the version's list entry.</param>
/// <param name="Release">The release of OpenClaw that this Launchpad knows.</param>
/// <param name="Files">What was written into the bot's volume, and what its machine found there.</param>
/// <param name="SeenAt">When the machine looked last; null for never.</param>
public sealed record ProvenanceView(
    int Version, string Image, string Digest, bool Trusted, string? Refusal, string? Key, DateTimeOffset CheckedAt, string Config,
    string Release, IEnumerable<FileSeen> Files, DateTimeOffset? SeenAt);

/// <summary>The images that there are, and where the one comes from that a bot runs.</summary>
public sealed class Releases(Ownership ownership, ReleaseCatalog catalog, Provenance provenance, ReleaseInfo release)
{
    /// <summary>The images that a bot can be brought on: the usual one first, then the others, newest name first.</summary>
    [Function("ListReleases")]
    [Needs(Permission.Read)]
    [Answers(200, typeof(ReleaseList))]
    public async Task<IActionResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "releases")] HttpRequest request, CancellationToken ct)
    {
        await ownership.CallerAsync(request, ct);
        return new OkObjectResult(new ReleaseList((await catalog.ListAsync(ct)).Select(found => new ReleaseView(
            found.Tag, found.Digest, found.Key is not null, found.Refusal, found.Tag == release.Tag))));
    }

    /// <summary>What the bot runs, and why it is trusted: looked at now, not remembered.</summary>
    [Function("GetProvenance")]
    [Needs(Permission.Read)]
    [Answers(200, typeof(ProvenanceView))]
    public async Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "deployments/{id}/provenance")] HttpRequest request, string id,
        CancellationToken ct) =>
        new OkObjectResult(await provenance.OfAsync(await ownership.FindAsync(request, id, ct), ct));
}

/// <summary>Follows what runs back to who signed it.</summary>
public sealed class Provenance(ConfigVersionStore versions, ImageVerifier verifier, HeartbeatStore heartbeats, TimeProvider clock)
{
    public async Task<ProvenanceView> OfAsync(Deployment deployment, CancellationToken ct)
    {
        var number = deployment.ActiveVersion ?? throw Problems.WrongState(deployment, "Nothing of it runs yet.");
        var state = (await versions.GetAsync(deployment.Id, number, ct)).State;
        var (digest, key, refusal) = await SignatureAsync(state.Image, ct);
        var heartbeat = deployment.Vm is { } vm ? await heartbeats.FindAsync(vm, ct) : null;
        var seen = heartbeat?.Report.Bots?.FirstOrDefault(bot => bot.Deployment == deployment.Id);
        return new(
            number, state.Image, digest, key is not null, refusal, key, clock.GetUtcNow(), state.Hash(), OpenClawRelease.Pinned.Version,
            (seen?.Files ?? []).Select(file => new FileSeen(file.Path, file.Written, file.Actual)), seen is null ? null : heartbeat!.ReceivedAt);
    }

    private async Task<(string Digest, string? Key, string? Refusal)> SignatureAsync(string image, CancellationToken ct)
    {
        var (repository, digest) = ImageName.Split(image);
        try
        {
            var found = await verifier.ConfirmAsync(repository, digest, ct);
            return found.Reference == image ? (digest, found.Signer, null) : (digest, null, $"It comes from another registry than {found.Reference}.");
        }
        catch (ImageRejectedException refused) when (!refused.Retryable)
        {
            return (digest, null, refused.Message);
        }
    }
}
