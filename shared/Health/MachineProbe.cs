using Launchpad.Shared.Ssh;
using Launchpad.Shared.Vms;
using Microsoft.Extensions.Logging;

namespace Launchpad.Shared.Health;

/// <summary>A machine, asked over SSH and looked for in its cloud.</summary>
public sealed class MachineProbe(VmAccess access, VmGateway gateway, ILogger<MachineProbe> log)
{
    /// <summary>What it answers; null, and why, when it does not.</summary>
    public async Task<(IReadOnlyList<VmBot>? Bots, string Said)> AskAsync(Vm vm, CancellationToken ct)
    {
        try
        {
            var facts = await access.RunAsync<FactsRequest, FactsResult>(vm, VmVerb.Facts, new(), ct);
            return (facts.Bots, facts.Bots is null ? "Docker does not answer" : "");
        }
        catch (Exception silent) when (silent is VmFailedException or PermanentException)
        {
            log.LogWarning(silent, "The machine {Vm} did not answer", vm.Id);
            return (null, $"no answer ({(silent as VmFailedException)?.Code ?? (silent as PermanentException)?.Code})");
        }
    }

    /// <summary>A machine without a row was given back, so nobody will find it either.</summary>
    public async Task<MachineSight> InCloudAsync(Vm? vm, CancellationToken ct) =>
        vm is null || await gateway.FindAsync(VmGateway.ResourceName(vm.Id), ct) is null or { ProvisioningState: "Failed" or "Deleting" }
            ? MachineSight.Gone
            : MachineSight.There;
}
