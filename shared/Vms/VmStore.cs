using System.Collections.Immutable;
using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Storage;
using Microsoft.Extensions.Options;

namespace Launchpad.Shared.Vms;

/// <summary>Where a deployment was placed.</summary>
/// <param name="Ready">False while the machine is still being made.</param>
/// <param name="IsNew">True when it was added for this.</param>
public sealed record Reservation(string Vm, bool Ready, bool IsNew = false);

/// <summary>The machines, and the memory promised on them. A promise is a compare-and-set on the machine's row;
/// a new machine is added together with the pool's own row, so that two orders at once do not add two.</summary>
public sealed class VmStore(Tables tables, IOptions<PoolOptions> options, TimeProvider clock)
{
    private const string PoolRow = "pool";

    public async Task<Vm?> FindAsync(Tier pool, string id, CancellationToken ct) =>
        await tables.Vms.FindAsync(Partition(pool), id, ct) is { } row ? Read(row) : null;

    public async Task<Vm> GetAsync(Tier pool, string id, CancellationToken ct) =>
        await FindAsync(pool, id, ct) ?? throw new PermanentException("vm-gone", "The machine that was chosen does not exist any more.");

    public async Task<IReadOnlyList<Vm>> ListAsync(Tier pool, CancellationToken ct) =>
        await tables.Vms
            .QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {Partition(pool)}"), cancellationToken: ct)
            .Where(row => row.RowKey != PoolRow)
            .Select(Read)
            .ToListAsync(ct);

    /// <summary>Those that somebody has to make or to delete.</summary>
    public async Task<IReadOnlyList<Vm>> UnsettledAsync(Tier pool, CancellationToken ct) =>
        await tables.Vms
            .QueryAsync<TableEntity>(
                TableClient.CreateQueryFilter(
                    $"PartitionKey eq {Partition(pool)} and status ne {VmStatus.Ready.ToString()} and RowKey ne {PoolRow}"),
                cancellationToken: ct)
            .Select(Read)
            .ToListAsync(ct);

    /// <summary>The machine that holds memory for the deployment; null when none does.</summary>
    public async Task<Vm?> FindByDeploymentAsync(Tier pool, string deployment, CancellationToken ct) =>
        (await ListAsync(pool, ct)).FirstOrDefault(vm => vm.Reservations.ContainsKey(deployment));

    /// <summary>Reserves the plan's memory, on a machine with room or on a new one that is called <paramref name="newVm"/>.
    /// Asking again answers the same, unless the machine is being given up.</summary>
    public async Task<Reservation> ReserveAsync(string deployment, Plan plan, string newVm, CancellationToken ct)
    {
        while (true)
        {
            var poolTag = await PoolTagAsync(plan.Tier, ct);
            var pool = await ListAsync(plan.Tier, ct);
            if (pool.FirstOrDefault(vm => vm.Status is not VmStatus.Retiring && vm.Reservations.ContainsKey(deployment)) is { } held)
            {
                return new(held.Id, held.Status is VmStatus.Ready);
            }

            if (Placement.Choose(pool, plan) is { } chosen)
            {
                if (await TrySaveAsync(chosen.With(deployment, plan.MemoryMb), ct))
                {
                    return new(chosen.Id, chosen.Status is VmStatus.Ready);
                }
            }
            else if (await TryAddAsync(NewVm(newVm, plan).With(deployment, plan.MemoryMb), poolTag, ct))
            {
                return new(newVm, Ready: false, IsNew: true);
            }
        }
    }

    /// <summary>Gives the memory back, its candidate's too. True when nobody needs the machine any more, which is marked so.</summary>
    public async Task<bool> ReleaseAsync(Tier pool, string id, string deployment, CancellationToken ct)
    {
        while (await FindAsync(pool, id, ct) is { } vm)
        {
            var released = vm.Without(deployment).Without(Bots.CandidateOf(deployment));
            if (released.Status is not VmStatus.Retiring && Placement.IsSurplus(released, await ListAsync(pool, ct), options.Value))
            {
                released = released with { Status = VmStatus.Retiring };
            }

            if (await TrySaveAsync(released, ct))
            {
                return released.Status is VmStatus.Retiring && released.Reservations.IsEmpty;
            }
        }

        return false;
    }

    public async Task<Vm> ChangeAsync(Tier pool, string id, Func<Vm, Vm> change, CancellationToken ct)
    {
        while (true)
        {
            var changed = change(await GetAsync(pool, id, ct));
            if (await TrySaveAsync(changed, ct))
            {
                return changed;
            }
        }
    }

    public async Task RemoveAsync(Tier pool, string id, CancellationToken ct)
    {
        await HeartbeatStore.ForgetAsync(tables, id, ct);
        await tables.Vms.RemoveAsync(Partition(pool), id, ct);
    }

    /// <summary>From whichever pool.</summary>
    public async Task<Vm?> FindAsync(string id, CancellationToken ct) =>
        await FindAsync(Tier.Shared, id, ct) ?? await FindAsync(Tier.Dedicated, id, ct);

    private Task<bool> TrySaveAsync(Vm vm, CancellationToken ct) => tables.Vms.TryReplaceAsync(Write(vm), vm.ETag, ct);

    private Vm NewVm(string id, Plan plan) => new(
        plan.Tier, id, VmStatus.Creating, plan.VmSize ?? options.Value.SharedVmSize,
        plan.Tier is Tier.Dedicated ? plan.MemoryMb : Math.Max(options.Value.SharedCapacityMb, plan.MemoryMb),
        ImmutableSortedDictionary<string, int>.Empty, clock.GetUtcNow());

    private async Task<ETag> PoolTagAsync(Tier pool, CancellationToken ct)
    {
        await tables.Vms.TryAddAsync(new TableEntity(Partition(pool), PoolRow) { ["added"] = 0 }, ct);
        return (await tables.Vms.FindAsync(Partition(pool), PoolRow, ct))!.ETag;
    }

    private async Task<bool> TryAddAsync(Vm vm, ETag poolTag, CancellationToken ct)
    {
        try
        {
            var pool = new TableEntity(Partition(vm.Pool), PoolRow) { ["newest"] = vm.Id };
            await tables.Vms.SubmitTransactionAsync(
                [new(TableTransactionActionType.UpdateReplace, pool, poolTag), new(TableTransactionActionType.Add, Write(vm))], ct);
            return true;
        }
        catch (TableTransactionFailedException lost) when (lost.Status is 409 or 412)
        {
            return false;
        }
    }

    private static string Partition(Tier pool) => pool.ToString().ToLowerInvariant();

    private static TableEntity Write(Vm vm) => new(Partition(vm.Pool), vm.Id)
    {
        ["status"] = vm.Status.ToString(),
        ["size"] = vm.Size,
        ["capacityMb"] = vm.CapacityMb,
        ["reservations"] = JsonSerializer.Serialize(vm.Reservations),
        ["createdAt"] = vm.CreatedAt,
        ["address"] = vm.Address,
        ["hostKey"] = vm.HostKey,
        ["orderedAt"] = vm.OrderedAt,
        ["said"] = vm.Progress?.Said,
        ["trouble"] = vm.Progress?.Trouble,
    };

    private static Vm Read(TableEntity row) => new(
        Enum.Parse<Tier>(row.PartitionKey, ignoreCase: true),
        row.RowKey,
        Enum.Parse<VmStatus>(row.GetString("status")),
        row.GetString("size"),
        row.GetInt32("capacityMb")!.Value,
        JsonSerializer.Deserialize<ImmutableSortedDictionary<string, int>>(row.GetString("reservations"))!,
        row.GetDateTimeOffset("createdAt")!.Value,
        row.GetString("address"),
        row.GetString("hostKey"),
        row.GetDateTimeOffset("orderedAt"),
        row.GetString("said") is { } said ? new(said, row.GetString("trouble")) : null,
        row.ETag);
}
