using System.ComponentModel.DataAnnotations;
using Launchpad.Shared.Deployments;
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
    /// <summary>Memory that one more bot may be promised: what is free, less what a version needs that proves itself beside its bot, so
    /// that there is room for that on every shared machine. A machine without bots gives all it has.</summary>
    public static int RoomMb(Vm vm)
    {
        if (vm.Pool is Tier.Dedicated || vm.Status is VmStatus.Retiring || vm.Wish is not VmWish.Use)
        {
            return 0;
        }

        var candidates = vm.Reservations.Where(held => Bots.IsCandidate(held.Key)).Sum(held => held.Value);
        return vm.Reservations.IsEmpty ? vm.FreeMb : vm.FreeMb - Math.Max(0, Bots.CandidateMemoryMb - candidates);
    }

    /// <summary>The fullest ready machine with room, so that others run empty and can be given back; one still being made only when no
    /// ready one has room; null when none has.</summary>
    public static Vm? Choose(IEnumerable<Vm> pool, Plan plan) =>
        plan.Tier is Tier.Dedicated
            ? null
            : pool.Where(vm => RoomMb(vm) >= plan.MemoryMb)
                .OrderBy(vm => vm.Status is VmStatus.Creating)
                .ThenBy(RoomMb)
                .ThenBy(vm => vm.Id, StringComparer.Ordinal)
                .FirstOrDefault();

    /// <summary>Whether an empty machine is given back: a dedicated one, one that never came up and one that was to be emptied always, a
    /// shared one beyond the spares.</summary>
    /// <param name="spares">Other machines that are ready and empty.</param>
    public static bool IsSurplus(Vm vm, int spares, PoolOptions options) =>
        vm.Reservations.IsEmpty && (vm.Pool is Tier.Dedicated || vm.Status is VmStatus.Creating || vm.Wish is VmWish.Drain
            || spares >= options.SharedSpareVms);
}
