using Launchpad.Functions.Access;
using Launchpad.Shared;
using Launchpad.Shared.Access;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions;

/// <param name="State">up, down, observer-problem, unknown or vm-lost; up when there is nothing to say.</param>
/// <param name="Blind">Who does not see a bot that is up.</param>
/// <param name="Said">What each observer said.</param>
/// <param name="Restarts">Automatic ones since the bot was last well.</param>
/// <param name="GivenUp">Why nothing is tried any more; null while something is.</param>
/// <param name="Storage">How full its volume is, as its machine told last; null while that is not known.</param>
/// <param name="Observers">What each of them saw; none when there is nothing to say.</param>
public sealed record HealthView(
    [property: Wire(typeof(VerdictKind))] string State, IEnumerable<string> Blind, string? Said, DateTimeOffset? Since, int Restarts, DateTimeOffset? LastRestartAt,
    string? GivenUp, StorageView? Storage, IReadOnlyList<ObserverView> Observers);

/// <param name="Observer">heartbeat, ssh or outside.</param>
/// <param name="Said">In words.</param>
public sealed record ObserverView(string Observer, [property: Wire(typeof(Sight))] string Sight, string Said)
{
    internal static IReadOnlyList<ObserverView> Of(Looks? looks) => looks is null
        ? []
        : [Of(Observers.Heartbeat, looks.Heartbeat), Of(Observers.Ssh, looks.Ssh), Of(Observers.Outside, looks.Outside)];

    private static ObserverView Of(Observers who, ObserverLook look) => new(who.Wire(), look.Sight.Wire(), look.Said);
}

/// <param name="Low">True before it is full: less than a tenth is free.</param>
public sealed record StorageView(int SizeMb, int UsedMb, int FreeMb, bool Low);

/// <param name="ClosedAt">When it was first found to be so no longer; null while it is.</param>
/// <param name="AcceptedAt">When you said that it may stay so; null until you do.</param>
/// <param name="Can">What can be asked about it: accept and revert, while it is open and of the bot's own files.</param>
public sealed record DriftView(
    string Fingerprint, IReadOnlyList<Difference> Differences, string Vm, DateTimeOffset FoundAt, DateTimeOffset LastSeenAt,
    DateTimeOffset? ClosedAt, DateTimeOffset? AcceptedAt, IReadOnlyList<string> Can)
{
    public static DriftView Of(DriftEvent found) => new(
        found.Fingerprint, found.Differences, found.Vm, found.FoundAt, found.LastSeenAt, found.ClosedAt, found.AcceptedAt,
        found is not { ClosedAt: null, IsOfFiles: true } ? [] : found.AcceptedAt is null ? ["accept", "revert"] : ["revert"]);
}

public sealed record DriftList(IReadOnlyList<DriftView> Drift);

/// <summary>How a bot is, as its observers agree, and what about it is not as it was wanted.</summary>
public sealed class Conditions(ConditionStore conditions, DriftStore drift, HeartbeatStore heartbeats, Ownership ownership)
{
    /// <summary>How the bot is, as its observers agree.</summary>
    [Function("GetDeploymentHealth")]
    [Needs(Permission.Read)]
    [Answers(200, typeof(HealthView))]
    public async Task<IActionResult> Health(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "deployments/{id}/health")] HttpRequest request, string id,
        CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        var condition = await conditions.FindAsync(deployment.Account, deployment.Id, ct);
        return new OkObjectResult(View(condition, await StorageAsync(deployment, ct)));
    }

    /// <summary>What is not as it was wanted, newest first.</summary>
    [Function("GetDeploymentDrift")]
    [Needs(Permission.Read)]
    [Answers(200, typeof(DriftList))]
    public async Task<IActionResult> Drift(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "deployments/{id}/drift")] HttpRequest request, string id,
        CancellationToken ct) =>
        new OkObjectResult(new DriftList(
            [.. (await drift.ListAsync((await ownership.FindAsync(request, id, ct)).Id, ct)).Select(DriftView.Of)]));

    private async Task<StorageView?> StorageAsync(Deployment deployment, CancellationToken ct)
    {
        var heartbeat = deployment.Vm is { } vm ? await heartbeats.FindAsync(vm, ct) : null;
        var bot = heartbeat?.Report.Bots?.FirstOrDefault(bot => bot.Deployment == deployment.Id);
        return bot?.Storage is { } told ? new(told.SizeMb, told.UsedMb, told.FreeMb, told.IsLow) : null;
    }

    private static HealthView View(Condition? condition, StorageView? storage) => condition is null
        ? new("up", [], null, null, 0, null, null, storage, [])
        : new(
            condition.Verdict.Kind.Wire(),
            Enum.GetValues<Observers>().Where(one => one is not Observers.None && condition.Verdict.Which.HasFlag(one))
                .Select(one => one.Wire()),
            condition.Said, condition.Since, condition.Restarts, condition.LastRestartAt, condition.GivenUp, storage, ObserverView.Of(condition.Looks));
}
