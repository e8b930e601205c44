using System.Collections.Immutable;
using System.Text.Json;
using Azure.Data.Tables;
using Launchpad.Shared.Plans;

namespace Launchpad.Shared.Vms;

/// <summary>A machine as a row of its table.</summary>
internal static class VmRows
{
    public static string Partition(Tier pool) => pool.ToString().ToLowerInvariant();

    public static TableEntity Write(Vm vm) => new(Partition(vm.Pool), vm.Id)
    {
        ["status"] = vm.Status.ToString(),
        ["size"] = vm.Size,
        ["capacityMb"] = vm.CapacityMb,
        ["reservations"] = JsonSerializer.Serialize(vm.Reservations),
        ["owners"] = JsonSerializer.Serialize(vm.Owners),
        ["createdAt"] = vm.CreatedAt,
        ["address"] = vm.Address,
        ["hostKey"] = vm.HostKey,
        ["orderedAt"] = vm.OrderedAt,
        ["wish"] = vm.Wish is VmWish.Use ? null : vm.Wish.ToString(),
        ["left"] = vm.Left.IsEmpty ? null : JsonSerializer.Serialize(vm.Left),
        ["said"] = vm.Progress?.Said,
        ["trouble"] = vm.Progress?.Trouble,
    };

    public static long PromisedMb(TableEntity row) =>
        JsonSerializer.Deserialize<Dictionary<string, int>>(row.GetString("reservations"))!.Values.Sum(mb => (long)mb);

    public static Vm Read(TableEntity row) => new(
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
        row.ETag)
    {
        Wish = row.GetString("wish") is { } wish ? Enum.Parse<VmWish>(wish) : VmWish.Use,
        Left = row.GetString("left") is { } left ? JsonSerializer.Deserialize<ImmutableSortedSet<string>>(left)! : [],
        Owners = row.GetString("owners") is { } owners
            ? JsonSerializer.Deserialize<ImmutableSortedDictionary<string, string>>(owners)!
            : ImmutableSortedDictionary<string, string>.Empty,
    };
}
