using System.ComponentModel.DataAnnotations;
using Launchpad.Shared.Plans;

namespace Launchpad.Shared.Vms;

/// <summary>How machines are bought and filled. Section "Pools".</summary>
public sealed record PoolOptions
{
    public const string Section = "Pools";

    /// <summary>Azure size of a machine of the shared pool.</summary>
    [Required]
    public string SharedVmSize { get; init; } = "Standard_D4s_v5";

    /// <summary>Memory of such a machine that bots may be promised, mebibytes; the rest is for its own programs.</summary>
    [Range(2048, 1_048_576)]
    public int SharedCapacityMb { get; init; } = 14_336;

    /// <summary>Empty shared machines that are kept for the next customer.</summary>
    [Range(0, 100)]
    public int SharedSpareVms { get; init; } = 1;
}

/// <summary>Where a bot goes and when a machine has done its duty. Pure: the store makes it so.</summary>
public static class Placement
{
    /// <summary>The fullest ready machine with room, so that others run empty and can be given back; one still being made only when no
    /// ready one has room; null when none has.</summary>
    public static Vm? Choose(IEnumerable<Vm> pool, Plan plan) =>
        plan.Tier is Tier.Dedicated
            ? null
            : pool.Where(vm => vm.Status is not VmStatus.Retiring && vm.FreeMb >= plan.MemoryMb)
                .OrderBy(vm => vm.Status is VmStatus.Creating)
                .ThenBy(vm => vm.FreeMb)
                .ThenBy(vm => vm.Id, StringComparer.Ordinal)
                .FirstOrDefault();

    /// <summary>Whether an empty machine is given back: a dedicated one and one that never came up always, a shared one beyond the
    /// spares.</summary>
    public static bool IsSurplus(Vm vm, IEnumerable<Vm> pool, PoolOptions options) =>
        vm.Reservations.IsEmpty
        && (vm.Pool is Tier.Dedicated
            || vm.Status is VmStatus.Creating
            || pool.Count(other => other.Id != vm.Id && other.Status is VmStatus.Ready && other.Reservations.IsEmpty)
                >= options.SharedSpareVms);
}
