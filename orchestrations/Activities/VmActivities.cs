using Launchpad.Shared;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Ssh;
using Launchpad.Shared.Vms;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Steps = Launchpad.Shared.Operations.Steps;

namespace Launchpad.Orchestrations.Activities;

public sealed record VmInput(string Operation, Tier Tier, string Vm);

/// <param name="Owner">True for the operation that makes the machine.</param>
/// <param name="Last">True when there is no time left to look again.</param>
public sealed record ProbeInput(string Operation, Tier Tier, string Vm, bool Owner, bool Last);

public enum VmProgress
{
    Waiting,
    Up,
    Gone,
}

/// <summary>A machine's life: made, found healthy, deleted.</summary>
public sealed class VmActivities(VmStore vms, VmGateway gateway, VmAccess access, StepLog steps)
{
    [Function(nameof(StartVm))]
    public Task StartVm([ActivityTrigger] VmInput input, CancellationToken ct) =>
        steps.RunAsync(input.Operation, Steps.CreateVm, "A machine takes a minute or two to be made.", async () =>
        {
            var vm = await vms.GetAsync(input.Tier, input.Vm, ct);
            var (host, client) = await access.EnsureKeysAsync(vm.Id, ct);
            await vms.ChangeAsync(input.Tier, input.Vm, current => current with { HostKey = host.Sha256 }, ct);
            await gateway.StartCreateAsync(
                new(VmGateway.ResourceName(vm.Id), vm.Size,
                    CloudInit.UserData(host.PrivateKeyPem, host.PublicKey, client.PublicKey, access.HeartbeatOf(vm.Id)),
                    new Dictionary<string, string> { [VmGateway.Tag] = vm.Id }),
                ct);
            return $"{vm.Size}, {vm.Id}";
        }, ct);

    [Function(nameof(ProbeVm))]
    public Task<VmProgress> ProbeVm([ActivityTrigger] ProbeInput input, CancellationToken ct) =>
        steps.PollAsync(input.Operation, Steps.BootVm, null, async () =>
        {
            var (progress, detail) = await ProgressAsync(input, ct);
            return progress is VmProgress.Waiting && input.Last
                ? throw new PermanentException("vm-never-ready", $"The machine did not become usable in time. {detail}")
                : (progress, detail, progress is not VmProgress.Waiting);
        }, ct);

    [Function(nameof(DeleteVm))]
    public async Task DeleteVm([ActivityTrigger] VmInput input, CancellationToken ct) =>
        await gateway.DeleteAsync(VmGateway.ResourceName(input.Vm), ct);

    /// <summary>True once the machine is gone; then its keys and its row go too.</summary>
    [Function(nameof(ForgetVm))]
    public async Task<bool> ForgetVm([ActivityTrigger] VmInput input, CancellationToken ct)
    {
        if (await gateway.FindAsync(VmGateway.ResourceName(input.Vm), ct) is not null)
        {
            return false;
        }

        await access.EraseKeysAsync(input.Vm, ct);
        await vms.RemoveAsync(input.Tier, input.Vm, ct);
        return true;
    }

    private async Task<(VmProgress, string)> ProgressAsync(ProbeInput input, CancellationToken ct)
    {
        switch (await vms.FindAsync(input.Tier, input.Vm, ct))
        {
            case null or { Status: VmStatus.Retiring }:
                return (VmProgress.Gone, "The machine went away before it was ready.");
            case { Status: VmStatus.Ready }:
                return (VmProgress.Up, "The machine is up.");
            case not null when !input.Owner:
                return (VmProgress.Waiting, "Another order is making this machine.");
        }

        var state = await gateway.FindAsync(VmGateway.ResourceName(input.Vm), ct);
        if (state?.ProvisioningState is "Failed")
        {
            throw new PermanentException("vm-failed", "The cloud could not make the machine.");
        }

        if (state is not { ProvisioningState: "Succeeded", Address: { } address })
        {
            return (VmProgress.Waiting, $"The cloud says: {state?.ProvisioningState ?? "not there yet"}.");
        }

        var vm = await vms.ChangeAsync(input.Tier, input.Vm, current => current with { Address = address }, ct);
        try
        {
            var facts = await access.RunAsync<FactsRequest, FactsResult>(vm, VmVerb.Facts, new(), ct);
            if (facts.Docker is null || facts.Caddy is null)
            {
                return (VmProgress.Waiting, "The machine answers; its services are still starting.");
            }

            await vms.ChangeAsync(input.Tier, input.Vm, current => current with { Status = VmStatus.Ready }, ct);
            return (VmProgress.Up, $"{facts.Cpus} CPU, {facts.MemoryMb} MB, Docker {facts.Docker}");
        }
        catch (VmFailedException booting) when (booting.Retryable)
        {
            return (VmProgress.Waiting, $"The machine does not answer yet ({booting.Code}).");
        }
    }
}

public static class VmCalls
{
    private const int ProbesMax = 300;
    private const int GonePollsMax = 300;

    extension(TaskOrchestrationContext context)
    {
        public Task CreateVm(VmInput input) => context.CallActivityAsync(nameof(VmActivities.StartVm), input, Retry.Machine);

        /// <summary>False when the machine went away and another place has to be found.</summary>
        public async Task<bool> VmComesUp(VmInput input, bool owner, DateTime deadline)
        {
            for (var probe = 1; ; probe++)
            {
                var last = probe == ProbesMax || context.CurrentUtcDateTime >= deadline;
                var progress = await context.CallActivityAsync<VmProgress>(
                    nameof(VmActivities.ProbeVm), new ProbeInput(input.Operation, input.Tier, input.Vm, owner, last), Retry.Machine);
                if (progress is not VmProgress.Waiting)
                {
                    return progress is VmProgress.Up;
                }

                await context.CreateTimer(probe < 20 ? TimeSpan.FromMilliseconds(500) : TimeSpan.FromSeconds(3), CancellationToken.None);
            }
        }

        public async Task DeleteVm(VmInput input)
        {
            await context.CallActivityAsync(nameof(VmActivities.DeleteVm), input, Retry.Undo);
            for (var poll = 0; poll < GonePollsMax; poll++)
            {
                if (await context.CallActivityAsync<bool>(nameof(VmActivities.ForgetVm), input, Retry.Undo))
                {
                    return;
                }

                await context.CreateTimer(TimeSpan.FromSeconds(poll < 10 ? 1 : 10), CancellationToken.None);
            }
        }
    }
}
