using Launchpad.Shared.Health;

namespace Launchpad.Shared.Vms;

/// <summary>Our machines at the cloud, by our own ids. Whoever carries the pager is told while the cloud has none to give.</summary>
public sealed class CloudMachines(VmGateway gateway, Pager pager, CapacityForecast forecast)
{
    private const string Pool = "machines";

    public Task<VmState?> FindAsync(string vm, CancellationToken ct) => gateway.FindAsync(VmGateway.ResourceName(vm), ct);

    /// <summary>Null when the order was taken; else why there is none to have, and when there may be.</summary>
    public async Task<string?> OrderAsync(Vm vm, string userData, CancellationToken ct)
    {
        try
        {
            var tags = new Dictionary<string, string> { [VmGateway.Tag] = vm.Id };
            await gateway.StartCreateAsync(new(VmGateway.ResourceName(vm.Id), vm.Size, userData, tags), ct);
            return null;
        }
        catch (NoCapacityException full)
        {
            return await TellAsync(full.Message, ct);
        }
    }

    /// <summary>As <see cref="OrderAsync"/> says it, of an order that was taken and came to nothing; null when that has another reason.</summary>
    public async Task<string?> ShortageAsync(Vm vm, VmState failed, CancellationToken ct) =>
        gateway.ShortageOf(failed, vm.Size) is { } reason ? await TellAsync(reason, ct) : null;

    /// <summary>The cloud has one to give again: this one answers. That it took the order does not say so.</summary>
    public Task ArrivedAsync(CancellationToken ct) => pager.ResolveAsync(PageKind.NoCapacity, Pool, ct);

    private async Task<string> TellAsync(string reason, CancellationToken ct)
    {
        await pager.RaiseAsync(PageKind.NoCapacity, Pool, reason, ct);
        return $"{reason} {await forecast.TellAsync(ct)}";
    }

    public Task DeleteAsync(string vm, CancellationToken ct) => gateway.DeleteAsync(VmGateway.ResourceName(vm), ct);
}
