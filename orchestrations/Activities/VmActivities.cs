using Launchpad.Shared;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Reconciliation;
using Launchpad.Shared.Ssh;
using Launchpad.Shared.Vms;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Steps = Launchpad.Shared.Operations.Steps;

namespace Launchpad.Orchestrations.Activities;

public enum VmProgress
{
    Waiting,

    /// <summary>The cloud has none to give at the moment.</summary>
    NoCapacity,
    Up,
    Gone,
}

/// <param name="Last">True when there is no time left to look again, unless somebody gave the operation more.</param>
/// <param name="LastPlace">True when no other machine would be looked for.</param>
public sealed record AwaitVmInput(
    string Operation, string Account, string Deployment, Tier Tier, string Vm, DateTime Until, bool Last, bool LastPlace)
    : OperationTarget(Operation, Account, Deployment);

/// <summary>A machine's life, one look at a time and always toward what its row says.</summary>
public sealed class VmActivities(VmStore vms, MachineMaker maker, Orphans orphans, MachineEnd end)
{
    [Function(nameof(StartConverging))]
    public static Task StartConverging(
        [ActivityTrigger] VmInput input, [DurableClient] DurableTaskClient client, CancellationToken ct) =>
        client.StartConvergingAsync(input, ct);

    [Function(nameof(TendVm))]
    public async Task<VmProgress> TendVm([ActivityTrigger] VmInput input, CancellationToken ct) =>
        await vms.FindAsync(input.Tier, input.Vm, ct) switch
        {
            null => VmProgress.Gone,
            { Status: VmStatus.Ready, Left.IsEmpty: false } left => await EmptyAsync(left, ct),
            { Status: VmStatus.Ready, Wish: VmWish.Drain, Reservations.IsEmpty: true } empty => await RetireAsync(empty, ct),
            { Status: VmStatus.Ready } => VmProgress.Up,
            { Status: VmStatus.Creating } wanted => await maker.MakeAsync(wanted, ct),
            var unwanted => await end.DeleteAsync(unwanted, ct),
        };

    /// <summary>It may not be needed any more then.</summary>
    private async Task<VmProgress> EmptyAsync(Vm left, CancellationToken ct)
    {
        await orphans.RemoveLeftAsync(left, ct);
        return VmProgress.Waiting;
    }

    /// <summary>Unless somebody has got a place there meanwhile.</summary>
    private async Task<VmProgress> RetireAsync(Vm empty, CancellationToken ct)
    {
        await vms.ChangeAsync(
            empty.Pool, empty.Id, now => now is { Wish: VmWish.Drain, Reservations.IsEmpty: true } ? now with { Status = VmStatus.Retiring } : now, ct);
        return VmProgress.Waiting;
    }

    [Function(nameof(IsVmGone))]
    public async Task<bool> IsVmGone([ActivityTrigger] VmInput input, CancellationToken ct) =>
        await vms.FindAsync(input.Tier, input.Vm, ct) is null;
}

/// <summary>What those who wait for a machine see of it.</summary>
public sealed class AwaitVmActivities(VmStore vms, StepLog steps)
{
    /// <summary>Up when the cloud makes it.</summary>
    [Function(nameof(AwaitOrder))]
    public Task<VmProgress> AwaitOrder([ActivityTrigger] AwaitVmInput input, CancellationToken ct) =>
        LookAsync(input, Steps.CreateVm, "A machine takes a minute or two to be made.", vm => vm.OrderedAt is not null, ct);

    /// <summary>Up when it answers.</summary>
    [Function(nameof(AwaitBoot))]
    public Task<VmProgress> AwaitBoot([ActivityTrigger] AwaitVmInput input, CancellationToken ct) =>
        LookAsync(input, Steps.BootVm, null, vm => vm.Status is VmStatus.Ready, ct);

    private Task<VmProgress> LookAsync(AwaitVmInput input, Step step, string? reason, Func<Vm, bool> isThere, CancellationToken ct) =>
        steps.PollAsync(input, step, reason, async deployment =>
        {
            var isLast = input.Last && deployment.Operation?.HasMoreTime(steps.Now) is not true;
            var vm = await vms.FindAsync(input.Tier, input.Vm, ct);
            var (said, trouble) = (vm?.Progress?.Said, vm?.Progress?.Trouble);
            if (vm is null or { Status: VmStatus.Retiring })
            {
                said ??= "The machine went away before it was ready.";
                return isLast || input.LastPlace
                    ? throw new PermanentException(trouble ?? VmNews.Failed, said)
                    : (VmProgress.Gone, $"{said} Another one is looked for.", true);
            }

            if (isThere(vm))
            {
                return (VmProgress.Up, said, true);
            }

            return isLast
                ? throw new PermanentException(
                    trouble ?? VmNews.NeverReady,
                    trouble is VmNews.NoCapacity
                        ? $"The cloud had no machine to give in all this time. {said}"
                        : $"The machine did not become usable in time. {said}")
                : (VmProgress.Waiting, trouble is VmNews.NoCapacity ? $"{said} It is asked again until {deployment.Operation?.Until ?? input.Until:u}." : said, false);
        }, ct);
}

/// <summary>A machine from its order to its first sign of life.</summary>
public sealed class MachineMaker(VmStore vms, CloudMachines cloud, VmAccess access, TimeProvider clock)
{
    /// <summary>A machine that does not answer by then never will: it goes, and whoever still waits gets another.</summary>
    private static readonly TimeSpan BootMax = TimeSpan.FromMinutes(15);

    public async Task<VmProgress> MakeAsync(Vm vm, CancellationToken ct)
    {
        if (vm.Reservations.IsEmpty)
        {
            // Nobody waits for it any more.
            await ChangeAsync(vm, now => now.Reservations.IsEmpty ? now with { Status = VmStatus.Retiring } : now, ct);
            return VmProgress.Waiting;
        }

        return await cloud.FindAsync(vm.Id, ct) switch
        {
            // The name is free again when it is gone.
            { ProvisioningState: "Deleting" } when vm.Progress?.Trouble is VmNews.NoCapacity => VmProgress.NoCapacity,
            null or { ProvisioningState: "Deleting" } => await OrderAsync(vm, ct),
            { ProvisioningState: "Failed" } failed => await FailAsync(vm, failed, ct),
            { ProvisioningState: "Succeeded", Address: { } address } => await KnockAsync(vm with { Address = address }, ct),
            var state => await WaitAsync(vm, $"The cloud says: {state.ProvisioningState}.", ct),
        };
    }

    private async Task<VmProgress> OrderAsync(Vm vm, CancellationToken ct)
    {
        var (host, client) = await access.EnsureKeysAsync(vm.Id, ct);
        await ChangeAsync(vm, now => now with { HostKey = host.Sha256 }, ct);
        var userData = CloudInit.UserData(host.PrivateKeyPem, host.PublicKey, client.PublicKey, access.HeartbeatOf(vm.Id));
        if (await cloud.OrderAsync(vm, userData, ct) is { } shortage)
        {
            await ChangeAsync(vm, now => now with { Progress = new(shortage, VmNews.NoCapacity) }, ct);
            return VmProgress.NoCapacity;
        }

        await ChangeAsync(vm, now => now with { OrderedAt = now.OrderedAt ?? clock.GetUtcNow(), Progress = new($"{vm.Size}, {vm.Id}") }, ct);
        return VmProgress.Waiting;
    }

    /// <summary>A cloud that is full mostly takes the order, and the machine fails. It is ordered again as if it had been refused.</summary>
    private async Task<VmProgress> FailAsync(Vm vm, VmState failed, CancellationToken ct)
    {
        if (await cloud.ShortageAsync(vm, failed, ct) is not { } shortage)
        {
            return await GiveUpAsync(vm, new("The cloud could not make the machine.", VmNews.Failed), ct);
        }

        await ChangeAsync(vm, now => now with { OrderedAt = null, Progress = new(shortage, VmNews.NoCapacity) }, ct);
        await cloud.DeleteAsync(vm.Id, ct);
        return VmProgress.NoCapacity;
    }

    private async Task<VmProgress> KnockAsync(Vm vm, CancellationToken ct)
    {
        try
        {
            var facts = await access.RunAsync<FactsRequest, FactsResult>(vm, VmVerb.Facts, new(), ct);
            if (facts.Docker is null || facts.Caddy is null)
            {
                return await WaitAsync(vm, "The machine answers; its services are still starting.", ct);
            }

            await cloud.ArrivedAsync(ct);
            var said = $"{facts.Cpus} CPU, {facts.MemoryMb} MB, Docker {facts.Docker}";
            await ChangeAsync(
                vm,
                now => now with
                {
                    Status = VmStatus.Ready,
                    Address = vm.Address,
                    OrderedAt = now.OrderedAt ?? clock.GetUtcNow(),
                    Progress = new(said),
                },
                ct);
            return VmProgress.Up;
        }
        catch (VmFailedException booting) when (booting.Retryable)
        {
            return await WaitAsync(vm, $"The machine does not answer yet ({booting.Code}).", ct);
        }
    }

    private async Task<VmProgress> WaitAsync(Vm vm, string said, CancellationToken ct)
    {
        var orderedAt = vm.OrderedAt ?? clock.GetUtcNow();
        if (clock.GetUtcNow() - orderedAt > BootMax)
        {
            return await GiveUpAsync(vm, new($"The machine did not become usable in time. {said}", VmNews.NeverReady), ct);
        }

        await ChangeAsync(vm, now => now with { Address = vm.Address, OrderedAt = orderedAt, Progress = new(said) }, ct);
        return VmProgress.Waiting;
    }

    private async Task<VmProgress> GiveUpAsync(Vm vm, VmNews why, CancellationToken ct)
    {
        await ChangeAsync(vm, now => now with { Status = VmStatus.Retiring, Progress = why }, ct);
        return VmProgress.Waiting;
    }

    /// <summary>Only of a machine that is still to be made: nobody's wish to have it deleted is written over.</summary>
    private Task<Vm> ChangeAsync(Vm vm, Func<Vm, Vm> change, CancellationToken ct) =>
        vms.ChangeAsync(vm.Pool, vm.Id, now => now.Status is VmStatus.Creating ? change(now) : now, ct);
}

/// <summary>The end of a machine.</summary>
public sealed class MachineEnd(VmStore vms, CloudMachines cloud, VmAccess access, ConditionStore conditions)
{
    /// <summary>Its keys and its row go when the cloud does not have it any more. A bot that is still placed there is looked after by
    /// itself from then on.</summary>
    public async Task<VmProgress> DeleteAsync(Vm vm, CancellationToken ct)
    {
        if (await cloud.FindAsync(vm.Id, ct) is { } there)
        {
            if (there.ProvisioningState is not "Deleting")
            {
                await cloud.DeleteAsync(vm.Id, ct);
            }

            return VmProgress.Waiting;
        }

        await conditions.LoseAsync(vm, ct);
        await access.EraseKeysAsync(vm.Id, ct);
        await vms.RemoveAsync(vm.Pool, vm.Id, ct);
        return VmProgress.Gone;
    }
}

public static class VmCalls
{
    private const int LooksMax = 400;
    private const int QuickLooks = 20;
    private const int GonePollsMax = 300;
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(3);

    extension(TaskOrchestrationContext context)
    {
        public Task<VmProgress> TendVm(VmInput vm) =>
            context.CallActivityAsync<VmProgress>(nameof(VmActivities.TendVm), vm, Retry.Undo);

        public Task StartConverging(VmInput vm) => context.CallActivityAsync(nameof(VmActivities.StartConverging), vm, Retry.Store);

        /// <summary>False when the machine went away and another place has to be found.</summary>
        public async Task<bool> VmComesUp(OperationTarget target, VmInput vm, DateTime deadline, bool isLast)
        {
            await context.StartConverging(vm);
            return await context.VmReaches(nameof(AwaitVmActivities.AwaitOrder), target, vm, deadline, isLast)
                && await context.VmReaches(nameof(AwaitVmActivities.AwaitBoot), target, vm, deadline, isLast);
        }

        /// <summary>Has a machine that was given up deleted, and waits for that for as long as it makes sense.</summary>
        public async Task DeleteVm(VmInput vm)
        {
            await context.CallActivityAsync(nameof(VmActivities.StartConverging), vm, Retry.Undo);
            for (var poll = 0; poll < GonePollsMax; poll++)
            {
                if (await context.CallActivityAsync<bool>(nameof(VmActivities.IsVmGone), vm, Retry.Undo))
                {
                    return;
                }

                await context.CreateTimer(TimeSpan.FromSeconds(poll < 10 ? 1 : 10), CancellationToken.None);
            }
        }

        private async Task<bool> VmReaches(string point, OperationTarget target, VmInput vm, DateTime deadline, bool isLast)
        {
            for (var look = 1; ; look++)
            {
                var input = new AwaitVmInput(
                    target.Operation, target.Account, target.Deployment, vm.Tier, vm.Vm, deadline,
                    Last: look >= LooksMax || context.CurrentUtcDateTime >= deadline, LastPlace: isLast);
                var progress = await context.CallActivityAsync<VmProgress>(point, input, Retry.Store);
                if (progress is VmProgress.Up or VmProgress.Gone)
                {
                    return progress is VmProgress.Up;
                }

                await context.CreateTimer(look < QuickLooks ? Quick : Slow, CancellationToken.None);
            }
        }
    }
}
