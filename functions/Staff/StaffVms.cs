using Launchpad.Functions.Auth;
using Launchpad.Shared;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Vms;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions.Staff;

/// <param name="Wish">use, cordon or drain: what an operator wants of it.</param>
/// <param name="CapacityMb">Memory that may be promised.</param>
/// <param name="UsedMb">What is promised of it.</param>
/// <param name="Bots">How many have a place here.</param>
/// <param name="Said">How far it is while it is made, emptied or given up; null for nothing to say.</param>
/// <param name="Trouble">A code where it cannot go on as it is; null where it can.</param>
/// <param name="HeartbeatAt">When it was last heard; null for never.</param>
/// <param name="DiskMb">As it last told; null when it never did.</param>
public sealed record StaffVmView(
    string Id, [property: Wire(typeof(Tier))] string Pool, [property: Wire(typeof(VmStatus))] string Status,
    [property: Wire(typeof(VmWish))] string Wish, string Size, int CapacityMb, int UsedMb, int Bots, string? Address,
    DateTimeOffset CreatedAt, string? Said, string? Trouble, DateTimeOffset? HeartbeatAt, int? DiskMb, int? DiskFreeMb);

/// <param name="MemoryMb">What is promised to it here, for a version that proves itself as well.</param>
/// <param name="IsLeaving">It is elsewhere by now, and what is left of it here is removed.</param>
/// <param name="IsRunning">As the machine last told; null when it did not.</param>
public sealed record StaffVmBotView(
    string Deployment, string Account, string? Name, [property: Wire(typeof(DeploymentStatus))] string? Status, int MemoryMb,
    bool IsLeaving, bool? IsRunning, bool? IsReady, int? Restarts);

public sealed record StaffVmDetailView(StaffVmView Vm, IReadOnlyList<StaffVmBotView> Bots);

/// <param name="Cursor">Leads to the next page; null when this was the last.</param>
public sealed record StaffVmsView(IReadOnlyList<StaffVmView> Vms, string? Cursor);

/// <summary>The machines, and what an operator wants of them. What is wanted is written down; the sagas and timers do it.</summary>
public sealed class StaffVms(StaffCallers callers, VmStore vms, StaffVmViews views, StaffLog log)
{
    /// <summary>All machines, shared ones first.</summary>
    [Function("StaffListVms")]
    [Query("cursor")]
    [OperatorsOnly, Answers(200, typeof(StaffVmsView))]
    public async Task<IActionResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "staff/vms")] HttpRequest request, CancellationToken ct)
    {
        await callers.RequireAsync(request, ct);
        var (pool, after) = Place(request.Query["cursor"].FirstOrDefault());
        var page = await vms.PageAsync(pool, after, ct);
        var next = page.Count == VmStore.PageMax ? $"{pool.Wire()}:{page[^1].Id}"
            : pool is Tier.Shared ? $"{Tier.Dedicated.Wire()}:"
            : null;
        return new OkObjectResult(new StaffVmsView(await views.OfAsync(page, ct), next));
    }

    /// <summary>One machine, and who has a place on it.</summary>
    [Function("StaffGetVm")]
    [OperatorsOnly, Answers(200, typeof(StaffVmDetailView))]
    public async Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "staff/vms/{vm}")] HttpRequest request, string vm,
        CancellationToken ct)
    {
        await callers.RequireAsync(request, ct);
        return new OkObjectResult(await views.WholeAsync(await FindAsync(vm, ct), ct));
    }

    /// <summary>It gets no more bots.</summary>
    [Function("StaffCordonVm")]
    [OperatorsOnly, Answers(200, typeof(StaffVmDetailView))]
    public Task<IActionResult> Cordon(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "staff/vms/{vm}/cordon")] HttpRequest request, string vm,
        CancellationToken ct) => WishAsync(request, vm, VmWish.Cordon, ct);

    /// <summary>It is used as any other again; what moves already goes on.</summary>
    [Function("StaffUncordonVm")]
    [OperatorsOnly, Answers(200, typeof(StaffVmDetailView))]
    public Task<IActionResult> Uncordon(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "staff/vms/{vm}/uncordon")] HttpRequest request, string vm,
        CancellationToken ct) => WishAsync(request, vm, VmWish.Use, ct);

    /// <summary>Its bots move to others, a few at a time, and it is deleted then.</summary>
    [Function("StaffDrainVm")]
    [OperatorsOnly, StepUp, Answers(200, typeof(StaffVmDetailView))]
    public Task<IActionResult> Drain(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "staff/vms/{vm}/drain")] HttpRequest request, string vm,
        CancellationToken ct) => WishAsync(request, vm, VmWish.Drain, ct);

    private async Task<IActionResult> WishAsync(HttpRequest request, string id, VmWish wish, CancellationToken ct)
    {
        var who = await callers.RequireAsync(request, ct);
        await FindAsync(id, ct);
        var vm = await vms.WishAsync(id, wish, ct) ?? throw Problems.NoneOfThatId();
        if (vm.Wish != wish)
        {
            throw Problems.MachineIsGoing(vm.Id);
        }

        var (verb, about) = (wish switch { VmWish.Use => "uncordon", VmWish.Cordon => "cordon", _ => "drain" }, new { vm = vm.Id });
        // Who has a bot there will see it move, and from his record who wanted that.
        await log.ActOnAllAsync(wish is VmWish.Drain ? vm.Owners.Keys : [], who, verb, about, ct);
        return new OkObjectResult(await views.WholeAsync(vm, ct));
    }

    private async Task<Vm> FindAsync(string id, CancellationToken ct) =>
        Ids.IsValid(id, Ids.Vm) && await vms.FindAsync(id, ct) is { } found ? found : throw Problems.NoneOfThatId();

    private static (Tier Pool, string After) Place(string? cursor) =>
        cursor is null ? (Tier.Shared, "")
        : cursor.Split(':') is [var pool, var after] && Enum.GetValues<Tier>().FirstOrDefault(tier => tier.Wire() == pool) is var found
            && found.Wire() == pool && (after.Length == 0 || Ids.IsValid(after, Ids.Vm)) ? (found, after)
        : throw Problems.Invalid("cursor", "is what the page before answered.");
}

/// <summary>Machines as operators see them: their rows, and what they last told.</summary>
public sealed class StaffVmViews(HeartbeatStore heartbeats, DeploymentStore deployments)
{
    private const int AtOnceMax = 8;

    public async Task<IReadOnlyList<StaffVmView>> OfAsync(IReadOnlyList<Vm> page, CancellationToken ct)
    {
        var seen = new StaffVmView[page.Count];
        await Parallel.ForEachAsync(
            page.Index(), new ParallelOptions { MaxDegreeOfParallelism = AtOnceMax, CancellationToken = ct },
            async (vm, stop) => seen[vm.Index] = View(vm.Item, await heartbeats.FindAsync(vm.Item.Id, stop)));
        return seen;
    }

    public async Task<StaffVmDetailView> WholeAsync(Vm vm, CancellationToken ct)
    {
        var heartbeat = await heartbeats.FindAsync(vm.Id, ct);
        var bots = new List<StaffVmBotView>();
        foreach (var (id, account) in vm.Owners)
        {
            var deployment = await deployments.FindAsync(account, id, ct);
            var told = heartbeat?.Report.Bots?.FirstOrDefault(bot => bot.Deployment == id);
            var memory = vm.Reservations.GetValueOrDefault(id) + vm.Reservations.GetValueOrDefault(Bots.CandidateOf(id));
            bots.Add(new(
                id, account, deployment?.Name, deployment?.Status.Wire(), memory, vm.Left.Contains(id), told?.Running, told?.Ready,
                told?.Restarts));
        }

        return new(View(vm, heartbeat), bots);
    }

    private static StaffVmView View(Vm vm, Heartbeat? heartbeat) => new(
        vm.Id, vm.Pool.Wire(), vm.Status.Wire(), vm.Wish.Wire(), vm.Size, vm.CapacityMb, vm.CapacityMb - vm.FreeMb, vm.Owners.Count, vm.Address,
        vm.CreatedAt, vm.Progress?.Said, vm.Progress?.Trouble, heartbeat?.ReceivedAt, heartbeat?.Report.DiskMb, heartbeat?.Report.DiskFreeMb);
}
