using Launchpad.Shared.Vms;

namespace Launchpad.Shared.Plans;

/// <summary>Whether a machine can give a bot that it has another plan.</summary>
public sealed class PlanRoom(VmAccess access)
{
    // A file system that is full to the brim is no home for databases.
    private const double FullMax = 0.9;

    /// <exception cref="PermanentException">When the bot has more than the plan's volume holds.</exception>
    public async Task EnsureDataFitsAsync(Vm vm, string deployment, Plan plan, CancellationToken ct)
    {
        var held = await access.RunAsync<VolumeRequest, VolumeResult>(vm, VmVerb.Volume, new(deployment, VolumeAction.Measure), ct);
        if (held.UsedMb > plan.StorageMb * FullMax)
        {
            throw new PermanentException(
                "data-too-large",
                $"The bot's files take {held.UsedMb} MB, and {plan.Name} has {plan.StorageMb} MB. Remove files first, or keep the plan.");
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
