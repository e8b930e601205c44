using System.Globalization;
using Azure.Data.Tables;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Vms;

/// <summary>What leads to machines with room, to empty ones, and to those that somebody has to make, to empty or to delete. Machines with
/// room are in the order in which they are filled, so that the first one that is read is the one to be taken.</summary>
internal static class VmIndex
{
    /// <summary>All rows that lead to a machine as it is.</summary>
    public static IReadOnlyList<IndexKey> Of(Vm vm)
    {
        var keys = new List<IndexKey>(3);
        if (Placement.RoomMb(vm) is > 0 and var room)
        {
            keys.Add(new(Free(vm.Status), $"{Key(room)}-{vm.Id}"));
        }

        if (vm is { Status: VmStatus.Ready, Wish: VmWish.Use, Reservations.IsEmpty: true })
        {
            keys.Add(new(Spare(vm.Pool), vm.Id));
        }

        if (vm is not { Status: VmStatus.Ready, Wish: not VmWish.Drain, Left.IsEmpty: true })
        {
            keys.Add(new(Unsettled(vm.Pool), vm.Id));
        }

        return keys;
    }

    public static TableEntity Row(IndexKey key, Vm vm) => new(key.Partition, key.Row) { ["vm"] = vm.Id };

    public static string VmOf(TableEntity row) => row.GetString("vm");

    /// <summary>Only the shared pool has any.</summary>
    public static string Free(VmStatus status) => $"free-{status.ToString().ToLowerInvariant()}";

    public static string Spare(Tier pool) => $"spare-{Name(pool)}";

    public static string Unsettled(Tier pool) => $"unsettled-{Name(pool)}";

    public static string Key(int memoryMb) => memoryMb.ToString("D8", CultureInfo.InvariantCulture);

    private static string Name(Tier pool) => pool.ToString().ToLowerInvariant();
}
