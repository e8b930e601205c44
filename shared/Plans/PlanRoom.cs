using Launchpad.Shared.Deployments;
using Launchpad.Shared.Vms;

namespace Launchpad.Shared.Plans;

/// <summary>Whether a machine can give a bot that it has another plan.</summary>
public sealed class PlanRoom(VmStore vms, VmAccess access)
{
    // A file system that is full to the brim is no home for databases.
    private const double FullMax = 0.9;

    /// <exception cref="PermanentException">When the bot has more than the plan's volume holds.</exception>
    public async Task EnsureDataFitsAsync(Vm vm, string deployment, Plan plan, CancellationToken ct)
    {
        var held = await access.RunAsync<MeasureRequest, MeasureResult>(vm, VmVerb.Measure, new(deployment), ct);
        if (held.UsedMb > plan.StorageMb * FullMax)
        {
            throw new PermanentException(
                "data-too-large",
                $"The bot's files take {held.UsedMb} MB, and {plan.Name} has {plan.StorageMb} MB. Remove files first, or keep the plan.");
        }
    }

    /// <summary>True when the bot has to go to another machine for a plan: to one of another kind, or to one that has room.</summary>
    public async Task<bool> NeedsMoveAsync(Deployment deployment, Plan plan, CancellationToken ct) =>
        deployment is { Vm: { } vm } && NeedsMove(await vms.FindAsync(Plan.Get(deployment.Plan).Tier, vm, ct), deployment.Id, plan);

    /// <param name="vm">Where it is; null for nowhere, from where nothing can move.</param>
    public static bool NeedsMove(Vm? vm, string deployment, Plan plan) =>
        vm is not null && (vm.Pool != plan.Tier || vm.FreeMb < plan.MemoryMb - vm.Reservations.GetValueOrDefault(deployment));

    /// <summary>Promises the larger of the two plans' memory.</summary>
    /// <exception cref="PermanentException">When the machine has not as much, or the bot's files are more than the plan's volume holds.</exception>
    public async Task ReserveAsync(string vm, string deployment, Plan plan, CancellationToken ct)
    {
        await EnsureDataFitsAsync(await vms.GetAsync(plan.Tier, vm, ct), deployment, plan, ct);
        await vms.ChangeAsync(plan.Tier, vm, current => Promise(current, deployment, plan), ct);
    }

    /// <summary>Promises just what the plan grants, to a bot that has its place there.</summary>
    public async Task SettleAsync(string vm, string deployment, Plan plan, CancellationToken ct)
    {
        if (await vms.FindAsync(plan.Tier, vm, ct) is { } machine && machine.Reservations.ContainsKey(deployment))
        {
            await vms.ChangeAsync(
                plan.Tier, vm, now => now.Reservations.ContainsKey(deployment) ? now.With(deployment, plan.MemoryMb) : now, ct);
        }
    }

    /// <summary>The machine with the larger of the two plans' memory promised.</summary>
    /// <exception cref="PermanentException">When it has not as much.</exception>
    public static Vm Promise(Vm vm, string deployment, Plan plan)
    {
        var held = vm.Reservations.GetValueOrDefault(deployment);
        return plan.MemoryMb <= held ? vm
            : vm.FreeMb >= plan.MemoryMb - held ? vm.With(deployment, plan.MemoryMb)
            : throw new PermanentException(
                "no-room", $"The bot's machine has {vm.FreeMb} MB left, and {plan.Name} needs {plan.MemoryMb - held} MB more.");
    }
}
