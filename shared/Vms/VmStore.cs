using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Storage;
using Microsoft.Extensions.Options;

namespace Launchpad.Shared.Vms;

/// <summary>Who wants a place.</summary>
/// <param name="Vm">The machine that its row names already; null for none.</param>
/// <param name="Except">The machine that it is to leave; null for none.</param>
public sealed record Claim(string Account, string Deployment, string? Vm, string? Except = null);

/// <summary>Where a deployment was placed.</summary>
/// <param name="Ready">False while the machine is still being made.</param>
/// <param name="IsNew">True when it was added for this.</param>
public sealed record Reservation(string Vm, bool Ready, bool IsNew = false);

/// <summary>The machines, and the memory promised on them. A promise is a compare-and-set on the machine's row;
/// a new machine is added together with the pool's own row, so that two orders at once do not add two.</summary>
public sealed class VmStore(Tables tables, IOptions<PoolOptions> options, TimeProvider clock)
{
    private const string PoolRow = "pool";
    public const int PageMax = 50;
    private const int TallyMax = 20_000;

    /// <summary>Machines that are looked at for a place: the first one has it, unless it changes just now.</summary>
    private const int ChoicesMax = 4;

    /// <summary>An index row this young may be of a save that is on its way.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(10);

    private readonly IndexRows index = new(tables);

    public async Task<Vm?> FindAsync(Tier pool, string id, CancellationToken ct) =>
        await tables.Vms.FindAsync(VmRows.Partition(pool), id, ct) is { } row ? VmRows.Read(row) : null;

    public async Task<Vm> GetAsync(Tier pool, string id, CancellationToken ct) =>
        await FindAsync(pool, id, ct) ?? throw new PermanentException("vm-gone", "The machine that was chosen does not exist any more.");

    /// <summary>Those that somebody has to make, to empty or to delete.</summary>
    public IAsyncEnumerable<Vm> UnsettledAsync(Tier pool, CancellationToken ct) => LedToAsync(pool, VmIndex.Unsettled(pool), "", ct);

    /// <summary>Machines that have something of a bot which is elsewhere by now.</summary>
    public IAsyncEnumerable<Vm> LeftByAsync(string deployment, CancellationToken ct) => Enum.GetValues<Tier>().ToAsyncEnumerable()
        .SelectMany(pool => UnsettledAsync(pool, ct)).Where(vm => vm.Left.Contains(deployment));

    /// <summary>The machine, if it holds memory for the deployment; null when it does not, or is none.</summary>
    public async Task<Vm?> FindHolderAsync(Tier pool, string? id, string deployment, CancellationToken ct) =>
        id is not null && await FindAsync(pool, id, ct) is { } vm && vm.Reservations.ContainsKey(deployment) ? vm : null;

    /// <summary>Reserves the plan's memory, on a machine with room or on a new one that is called <paramref name="newVm"/>.
    /// Asking again answers the same, unless the machine is being given up.</summary>
    /// <param name="claim">Who wants it, and where there may be a promise already.</param>
    /// <param name="plan">How much.</param>
    /// <param name="newVm">What a machine is called if one has to be made.</param>
    /// <param name="intend">Writes the machine into the deployment's row before anything is promised there: whatever a crash leaves is
    /// where the row says.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task<Reservation> ReserveAsync(Claim claim, Plan plan, string newVm, Func<string, Task> intend, CancellationToken ct)
    {
        var intended = claim.Vm;
        while (true)
        {
            if (await FindHolderAsync(plan.Tier, intended, claim.Deployment, ct) is { } held)
            {
                if (held.Status is not VmStatus.Retiring && !held.Left.Contains(claim.Deployment))
                {
                    return new(held.Id, held.Status is VmStatus.Ready);
                }

                if (held.Status is VmStatus.Retiring)
                {
                    await ChangeAsync(plan.Tier, held.Id, vm => vm.Without(claim.Deployment), ct);
                }
            }

            var poolTag = await PoolTagAsync(plan.Tier, ct);
            var chosen = await ChooseAsync(claim, plan, ct);
            if (intended != (chosen?.Id ?? newVm))
            {
                await intend(intended = chosen?.Id ?? newVm);
            }

            if (chosen is null
                ? await TryAddAsync(NewVm(newVm, plan).With(claim.Account, claim.Deployment, plan.MemoryMb), poolTag, ct)
                : await TrySaveAsync(chosen, chosen.With(claim.Account, claim.Deployment, plan.MemoryMb), ct))
            {
                return new(intended, chosen?.Status is VmStatus.Ready, IsNew: chosen is null);
            }
        }
    }

    /// <summary>Gives the memory back, its candidate's too. True when nobody needs the machine any more, which is marked so.</summary>
    public async Task<bool> ReleaseAsync(Tier pool, string id, string deployment, CancellationToken ct)
    {
        while (await FindAsync(pool, id, ct) is { } vm)
        {
            var released = vm.Without(deployment).Without(Bots.CandidateOf(deployment));
            if (released.Status is not VmStatus.Retiring && released.Reservations.IsEmpty
                && Placement.IsSurplus(released, await SparesAsync(vm, ct), options.Value))
            {
                released = released with { Status = VmStatus.Retiring };
            }

            if (await TrySaveAsync(vm, released, ct))
            {
                return released.Status is VmStatus.Retiring && released.Reservations.IsEmpty;
            }
        }

        return false;
    }

    /// <summary>Says what is wanted of a machine. Nothing changes for one that is being deleted.</summary>
    /// <returns>As it is now; null when there is no such machine.</returns>
    public async Task<Vm?> WishAsync(string id, VmWish wish, CancellationToken ct) => await FindAsync(id, ct) is { } vm
        ? await ChangeAsync(vm.Pool, id, now => now.Status is VmStatus.Retiring ? now : now with { Wish = wish }, ct)
        : null;

    /// <summary>Nothing of the deployment is wanted there any more: what is there is removed, and the room is free then. Nothing where there
    /// is no such machine.</summary>
    public async Task LeaveAsync(string id, string deployment, CancellationToken ct)
    {
        if (await FindAsync(id, ct) is { } vm)
        {
            await ChangeAsync(vm.Pool, vm.Id, now => now.LeftBy(deployment), ct);
        }
    }

    public async Task<Vm> ChangeAsync(Tier pool, string id, Func<Vm, Vm> change, CancellationToken ct)
    {
        while (true)
        {
            var current = await GetAsync(pool, id, ct);
            var changed = change(current);
            if (await TrySaveAsync(current, changed, ct))
            {
                return changed;
            }
        }
    }

    public async Task RemoveAsync(Tier pool, string id, CancellationToken ct)
    {
        await HeartbeatStore.ForgetAsync(tables, id, ct);
        if (await FindAsync(pool, id, ct) is { } vm)
        {
            await index.SaveAsync([], VmIndex.Of(vm), () => RemovedAsync(pool, id, ct), ct);
        }
    }

    /// <summary>From whichever pool.</summary>
    public async Task<Vm?> FindAsync(string id, CancellationToken ct) =>
        await FindAsync(Tier.Shared, id, ct) ?? await FindAsync(Tier.Dedicated, id, ct);

    /// <summary>Machines in order of their ids, at most 50 of those after <paramref name="after"/>.</summary>
    public async Task<IReadOnlyList<Vm>> PageAsync(Tier pool, string after, CancellationToken ct) =>
        await tables.Vms
            .QueryAsync<TableEntity>(
                TableClient.CreateQueryFilter($"PartitionKey eq {VmRows.Partition(pool)} and RowKey gt {after} and RowKey ne {PoolRow}"), PageMax,
                cancellationToken: ct)
            .Take(PageMax)
            .Select(VmRows.Read)
            .ToListAsync(ct);

    /// <summary>How many there are, what may be promised on them and what is: numbers alone, as many as a few requests bring.</summary>
    public async Task<(int Count, long MemoryMb, long UsedMb)> TallyAsync(CancellationToken ct)
    {
        var (count, memory, used) = (0, 0L, 0L);
        var rows = tables.Vms.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"RowKey ne {PoolRow}"), select: ["capacityMb", "reservations"], cancellationToken: ct);
        await foreach (var row in rows.Take(TallyMax))
        {
            count++;
            memory += row.GetInt32("capacityMb") ?? 0;
            used += VmRows.PromisedMb(row);
        }

        return (count, memory, used);
    }

    /// <summary>Writes what should lead to the machine and does not. True when there was something to write.</summary>
    public async Task<bool> HealAsync(Vm vm, CancellationToken ct)
    {
        var healed = await HeartbeatStore.WatchAsync(tables, vm.Id, clock.GetUtcNow(), ct);
        foreach (var key in VmIndex.Of(vm))
        {
            // Nothing but the row is written: if the machine has changed meanwhile the row leads nowhere, and goes.
            healed |= !await index.HasAsync(key, ct)
                && await index.SaveAsync([VmIndex.Row(key, vm)], [], () => Task.FromResult(true), ct);
        }

        return healed;
    }

    private async Task<Vm?> ChooseAsync(Claim claim, Plan plan, CancellationToken ct)
    {
        if (plan.Tier is Tier.Dedicated)
        {
            return null;
        }

        return Placement.Choose(await WithRoomAsync(VmStatus.Ready, claim, plan, ct), plan)
            ?? Placement.Choose(await WithRoomAsync(VmStatus.Creating, claim, plan, ct), plan);
    }

    private ValueTask<List<Vm>> WithRoomAsync(VmStatus status, Claim claim, Plan plan, CancellationToken ct) =>
        LedToAsync(plan.Tier, VmIndex.Free(status), VmIndex.Key(plan.MemoryMb), ct)
            .Where(vm => vm.Id != claim.Except && !vm.Left.Contains(claim.Deployment)).Take(ChoicesMax).ToListAsync(ct);

    /// <summary>Other machines that are ready and empty; not more than there is a reason to count.</summary>
    private async Task<int> SparesAsync(Vm vm, CancellationToken ct) =>
        await LedToAsync(vm.Pool, VmIndex.Spare(vm.Pool), "", ct).Where(other => other.Id != vm.Id)
            .Take(options.Value.SharedSpareVms).CountAsync(ct);

    /// <summary>The machines that index rows lead to. A row that leads to none as it says goes: a save takes it along.</summary>
    private async IAsyncEnumerable<Vm> LedToAsync(
        Tier pool, string partition, string from, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var row in index.Between(partition, from, "~", PageMax, ct))
        {
            var (key, vm) = (new IndexKey(partition, row.RowKey), await FindAsync(pool, VmIndex.VmOf(row), ct));
            if (vm is not null && VmIndex.Of(vm).Contains(key))
            {
                yield return vm;
            }
            else if (clock.GetUtcNow() - row.Timestamp > Settled)
            {
                IndexRows.CountHealed("vm-superfluous");
                await (vm is null
                    ? index.RemoveAsync(row, ct)
                    : index.SaveAsync([], [key], () => tables.Vms.TryReplaceAsync(VmRows.Write(vm), vm.ETag, ct), ct));
            }
        }
    }

    private Task<bool> TrySaveAsync(Vm before, Vm after, CancellationToken ct)
    {
        var (had, needs) = (VmIndex.Of(before), VmIndex.Of(after));
        return index.SaveAsync(
            needs.Except(had).Select(key => VmIndex.Row(key, after)), had.Except(needs),
            () => tables.Vms.TryReplaceAsync(VmRows.Write(after), before.ETag, ct), ct);
    }

    private async Task<bool> RemovedAsync(Tier pool, string id, CancellationToken ct)
    {
        await tables.Vms.RemoveAsync(VmRows.Partition(pool), id, ct);
        return true;
    }

    private Vm NewVm(string id, Plan plan) => new(
        plan.Tier, id, VmStatus.Creating, plan.VmSize ?? options.Value.SharedVmSize,
        plan.Tier is Tier.Dedicated ? plan.MemoryMb : Math.Max(options.Value.SharedCapacityMb, plan.MemoryMb),
        ImmutableSortedDictionary<string, int>.Empty, clock.GetUtcNow());

    private async Task<ETag> PoolTagAsync(Tier pool, CancellationToken ct)
    {
        await tables.Vms.TryAddAsync(new TableEntity(VmRows.Partition(pool), PoolRow) { ["added"] = 0 }, ct);
        return (await tables.Vms.FindAsync(VmRows.Partition(pool), PoolRow, ct))!.ETag;
    }

    /// <summary>It is watched from here on, and what leads to it is there before it is.</summary>
    private async Task<bool> TryAddAsync(Vm vm, ETag poolTag, CancellationToken ct)
    {
        await HeartbeatStore.WatchAsync(tables, vm.Id, clock.GetUtcNow(), ct);
        return await index.SaveAsync(VmIndex.Of(vm).Select(key => VmIndex.Row(key, vm)), [], () => AddedAsync(vm, poolTag, ct), ct);
    }

    private async Task<bool> AddedAsync(Vm vm, ETag poolTag, CancellationToken ct)
    {
        try
        {
            var pool = new TableEntity(VmRows.Partition(vm.Pool), PoolRow) { ["newest"] = vm.Id };
            await tables.Vms.SubmitTransactionAsync(
                [new(TableTransactionActionType.UpdateReplace, pool, poolTag), new(TableTransactionActionType.Add, VmRows.Write(vm))], ct);
            return true;
        }
        catch (TableTransactionFailedException lost) when (lost.Status is 409 or 412)
        {
            return false;
        }
    }
}
