using Launchpad.Shared;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Vms;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions.Staff;

/// <summary>What Launchpad consists of.</summary>
public enum StaffNodeKind
{
    Api,
    Engine,
    Storage,
    Vault,
    Payments,
    Registry,
    Vm,
    Bot,
}

/// <summary>How a part of it is.</summary>
public enum StaffNodeState
{
    Ok,

    /// <summary>It is on its way to be.</summary>
    Busy,

    /// <summary>It works, and somebody should look.</summary>
    Warn,
    Bad,

    /// <summary>It stands still, as is wanted.</summary>
    Idle,
}

/// <param name="Id">Of the machine or the bot; its kind for everything else.</param>
/// <param name="Account">Whose bot; null for what is nobody's.</param>
/// <param name="Detail">Why it is as it is, or how fast it answered; null for nothing to say.</param>
public sealed record StaffNodeView(
    string Id, [property: Wire(typeof(StaffNodeKind))] string Kind, string Name, [property: Wire(typeof(StaffNodeState))] string State,
    string? Account, string? Detail)
{
    internal static StaffNodeView Of(StaffNodeKind kind, StaffNodeState state, string name, string? detail) =>
        new(kind.Wire(), kind.Wire(), name, state.Wire(), null, detail);
}

/// <summary>One part needs another.</summary>
/// <param name="From">The id of the node that does.</param>
/// <param name="To">The id of the node that is needed.</param>
public sealed record StaffLinkView(string From, string To);

/// <param name="HasMore">True when there are more machines or bots than these.</param>
/// <param name="CheckedAt">When the services were asked, which is not done more often than every fifteen seconds.</param>
public sealed record StaffTopologyView(
    IReadOnlyList<StaffNodeView> Nodes, IReadOnlyList<StaffLinkView> Links, bool HasMore, DateTimeOffset CheckedAt);

/// <summary>The parts of Launchpad, what each needs, and how it is.</summary>
public sealed class StaffTopology(StaffCallers callers, OutsideProbes outside, InsideProbes inside, StaffEstate estate)
{
    private static readonly StaffLinkView[] Fixed =
    [
        Link(StaffNodeKind.Api, StaffNodeKind.Engine), Link(StaffNodeKind.Api, StaffNodeKind.Storage),
        Link(StaffNodeKind.Api, StaffNodeKind.Payments), Link(StaffNodeKind.Engine, StaffNodeKind.Storage),
        Link(StaffNodeKind.Engine, StaffNodeKind.Vault), Link(StaffNodeKind.Engine, StaffNodeKind.Registry),
    ];

    /// <summary>API, engine, storage, vault, payment provider and registry, each just asked, and the machines with their bots as their rows
    /// say.</summary>
    [Function("StaffGetTopology")]
    [OperatorsOnly, Answers(200, typeof(StaffTopologyView))]
    public async Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "staff/topology")] HttpRequest request,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        await callers.RequireAsync(request, ct);
        var (services, at) = await outside.NowAsync(ct);
        var own = await inside.NowAsync(client, ct);
        var (nodes, links, hasMore) = await estate.NowAsync(ct);
        return new OkObjectResult(new StaffTopologyView([.. own, .. services, .. nodes], [.. Fixed, .. links], hasMore, at));
    }

    private static StaffLinkView Link(StaffNodeKind from, StaffNodeKind to) => new(from.Wire(), to.Wire());
}

/// <summary>The machines and the bots that have a place there; of many the first.</summary>
public sealed class StaffEstate(VmStore vms, StaffVmViews views, DeploymentStore deployments, TimeProvider clock)
{
    private const int VmsMax = 40;
    private const int BotsMax = 200;
    private const int AtOnceMax = 8;

    /// <summary>Machines tell how they are every few seconds.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(2);

    public async Task<(IReadOnlyList<StaffNodeView> Nodes, IReadOnlyList<StaffLinkView> Links, bool HasMore)> NowAsync(CancellationToken ct)
    {
        var machines = new List<Vm>();
        foreach (var pool in Enum.GetValues<Tier>())
        {
            machines.AddRange(await vms.PageAsync(pool, "", ct));
        }

        var hasMore = machines.Count > VmsMax || machines.Count >= VmStore.PageMax;
        machines = [.. machines.Take(VmsMax)];
        var places = machines.SelectMany(vm => vm.Owners.Select(one => (Vm: vm, Id: one.Key, Account: one.Value)))
            .Where(place => !place.Vm.Left.Contains(place.Id)).ToList();
        var bots = new StaffNodeView?[Math.Min(places.Count, BotsMax)];
        await Parallel.ForEachAsync(
            places.Take(BotsMax).Index(), new ParallelOptions { MaxDegreeOfParallelism = AtOnceMax, CancellationToken = ct },
            async (place, stop) => bots[place.Index] = View(await deployments.FindAsync(place.Item.Account, place.Item.Id, stop), place.Item.Id));
        var seen = (await views.OfAsync(machines, ct)).Select(View);
        var links = machines.Select(vm => new StaffLinkView(StaffNodeKind.Engine.Wire(), vm.Id))
            .Concat(places.Take(BotsMax).Select(place => new StaffLinkView(place.Vm.Id, place.Id)));
        // One that moves has a place on two machines, and is one bot.
        return ([.. seen, .. bots.OfType<StaffNodeView>().DistinctBy(bot => bot.Id)], [.. links], hasMore || places.Count > BotsMax);
    }

    private StaffNodeView View(StaffVmView vm)
    {
        var isSilent = vm.Status == VmStatus.Ready.Wire() && !(clock.GetUtcNow() - vm.HeartbeatAt < Silence);
        var (state, detail) = vm switch
        {
            { Trouble: { } trouble } => (StaffNodeState.Bad, vm.Said ?? trouble),
            _ when vm.Status == VmStatus.Creating.Wire() => (StaffNodeState.Busy, vm.Said),
            _ when vm.Status == VmStatus.Retiring.Wire() => (StaffNodeState.Idle, vm.Said),
            _ when isSilent => (StaffNodeState.Bad, "Not heard for two minutes."),
            _ when vm.UsedMb > vm.CapacityMb => (StaffNodeState.Bad, "More is promised than it has."),
            _ when vm.Wish != VmWish.Use.Wire() => (StaffNodeState.Warn, $"An operator wants: {vm.Wish}."),
            _ => (StaffNodeState.Ok, $"{vm.UsedMb} of {vm.CapacityMb} MB promised."),
        };
        return new(vm.Id, StaffNodeKind.Vm.Wire(), vm.Id, state.Wire(), null, detail);
    }

    private static StaffNodeView View(Deployment? bot, string id) => new(
        id, StaffNodeKind.Bot.Wire(), bot?.Name ?? id,
        (bot?.Status switch
        {
            DeploymentStatus.Running => bot.Work is null ? StaffNodeState.Ok : StaffNodeState.Busy,
            DeploymentStatus.Failed => StaffNodeState.Bad,
            DeploymentStatus.Suspended or DeploymentStatus.Requested => StaffNodeState.Idle,
            null or DeploymentStatus.Terminated => StaffNodeState.Warn,
            _ => StaffNodeState.Busy,
        }).Wire(),
        bot?.Account, bot?.Status.Wire() ?? "Its row is gone.");
}
