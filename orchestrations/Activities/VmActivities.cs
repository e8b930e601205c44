using Launchpad.Shared;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Ssh;
using Launchpad.Shared.Vms;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Steps = Launchpad.Shared.Operations.Steps;

namespace Launchpad.Orchestrations.Activities;

public sealed record VmInput(string Operation, Tier Tier, string Vm);

/// <param name="For">Who waits for it; null in what an older release wrote.</param>
/// <param name="Until">When asking the cloud for a machine that it does not have is given up.</param>
/// <param name="Last">True when that time has come.</param>
public sealed record StartVmInput(
    string Operation, Tier Tier, string Vm, DeploymentInput? For = null, DateTime Until = default, bool Last = true);

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
public sealed class VmActivities(
    DeploymentStore deployments, VmStore vms, VmGateway gateway, VmAccess access, CapacityForecast forecast, Pager pager, StepLog steps)
{
    private const string Pool = "machines";

    /// <summary>False while the cloud has none to give.</summary>
    [Function(nameof(StartVm))]
    public Task<bool> StartVm([ActivityTrigger] StartVmInput input, CancellationToken ct) =>
        steps.PollAsync(input.Operation, Steps.CreateVm, "A machine takes a minute or two to be made.", async () =>
        {
            try
            {
                var ordered = await OrderAsync(input, ct);
                await pager.ResolveAsync(PageKind.NoCapacity, Pool, ct);
                return (true, ordered, true);
            }
            catch (NoCapacityException full)
            {
                await pager.RaiseAsync(PageKind.NoCapacity, Pool, full.Message, ct);
                return input.Last
                    ? throw new PermanentException("no-capacity", $"The cloud had no machine to give in all this time. {full.Message}")
                    : (false, $"{full.Message} {await forecast.TellAsync(ct)} It is asked again until {input.Until:u}.", false);
            }
        }, ct);

    private async Task<string> OrderAsync(StartVmInput input, CancellationToken ct)
    {
        if (input.For is { } waiting)
        {
            await deployments.GetHeldAsync(waiting.Account, waiting.Deployment, waiting.Operation, ct);
        }

        var vm = await vms.GetAsync(input.Tier, input.Vm, ct);
        var (host, client) = await access.EnsureKeysAsync(vm.Id, ct);
        await vms.ChangeAsync(input.Tier, input.Vm, current => current with { HostKey = host.Sha256 }, ct);
        await gateway.StartCreateAsync(
            new(VmGateway.ResourceName(vm.Id), vm.Size,
                CloudInit.UserData(host.PrivateKeyPem, host.PublicKey, client.PublicKey, access.HeartbeatOf(vm.Id)),
                new Dictionary<string, string> { [VmGateway.Tag] = vm.Id }),
            ct);
        return $"{vm.Size}, {vm.Id}";
    }

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
    private static readonly TimeSpan CapacityEvery = TimeSpan.FromSeconds(15);

    extension(TaskOrchestrationContext context)
    {
        /// <summary>Waits, and says for what, while the cloud has no machine to give.</summary>
        public async Task CreateVm(VmInput input, DeploymentInput waiting, DateTime deadline)
        {
            for (var isThereTime = true; ; isThereTime = context.CurrentUtcDateTime < deadline)
            {
                // Null is what the activity of an older release answered once it was done.
                var order = new StartVmInput(input.Operation, input.Tier, input.Vm, waiting, deadline, Last: !isThereTime);
                if (await context.CallActivityAsync<bool?>(nameof(VmActivities.StartVm), order, Retry.Machine) is not false)
                {
                    return;
                }

                await context.CreateTimer(CapacityEvery, CancellationToken.None);
            }
        }

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
