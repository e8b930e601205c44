using Launchpad.Shared.Plans;
using Launchpad.Shared.Vms;

namespace Launchpad.ControlPlane;

/// <summary>What an operator sees of machines, and wants of them.</summary>
internal sealed class Machines(VmStore vms)
{
    public async Task ListAsync(CancellationToken ct)
    {
        foreach (var pool in Enum.GetValues<Tier>())
        {
            var after = "";
            while (await vms.PageAsync(pool, after, ct) is { Count: > 0 } page)
            {
                foreach (var vm in page)
                {
                    Console.WriteLine(Tell(vm));
                }

                after = page[^1].Id;
            }
        }
    }

    public async Task WishAsync(string id, VmWish wish, CancellationToken ct) => Console.WriteLine(
        await vms.WishAsync(id, wish, ct) is { } vm ? Tell(vm) : throw new InvalidOperationException($"There is no machine {id}: `machines` lists them."));

    private static string Tell(Vm vm)
    {
        var wish = vm.Wish switch
        {
            VmWish.Cordon => ", gets no more bots",
            VmWish.Drain => ", is being emptied",
            _ => "",
        };
        return $"{vm.Id} {vm.Pool.ToString().ToLowerInvariant()} {vm.Status.ToString().ToLowerInvariant()}{wish}: "
            + $"{vm.Owners.Count} bots, {vm.FreeMb} of {vm.CapacityMb} MB free. {vm.Progress?.Said}".TrimEnd();
    }
}
