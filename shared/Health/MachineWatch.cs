using Launchpad.Shared.Vms;

namespace Launchpad.Shared.Health;

/// <summary>One machine, looked at from every side but the public one.</summary>
/// <param name="Before">Its row before anybody was asked; null when there is none.</param>
/// <param name="After">Its row afterwards.</param>
/// <param name="Bots">What it answered over SSH; null when it did not.</param>
/// <param name="Said">Why it did not, in words.</param>
public sealed record MachineView(
    Vm? Before, Vm? After, Heartbeat? Heartbeat, IReadOnlyList<VmBot>? Bots, string Said, MachineSight Cloud, DateTimeOffset At);

/// <summary>Looks at a machine: one conversation with it, however many bots it has.</summary>
public sealed class MachineWatch(VmStore vms, HeartbeatStore heartbeats, MachineProbe probe, TimeProvider clock)
{
    /// <summary>A machine is lost when it is still missing this long after it was first missed.</summary>
    private static readonly TimeSpan LostAfter = TimeSpan.FromMinutes(1);

    public async Task<MachineView> LookAsync(string id, CancellationToken ct)
    {
        var before = await vms.FindAsync(id, ct);
        var (bots, said) = before is { Status: not VmStatus.Creating }
            ? await probe.AskAsync(before, ct)
            : (null, "there is no such machine");
        var heartbeat = await heartbeats.FindAsync(id, ct);
        var now = clock.GetUtcNow();
        var isHeard = bots is not null || (heartbeat is not null && now - heartbeat.ReceivedAt < Observation.HeartbeatMax);
        var cloud = isHeard ? MachineSight.NotAsked : await probe.InCloudAsync(before, ct);
        return new(before, await vms.FindAsync(id, ct), heartbeat, bots, said, cloud, now);
    }

    /// <summary>Whether it is missing now and was when it was looked for before.</summary>
    /// <param name="areSilent">True when none of its bots is seen by anybody.</param>
    public async Task<bool> IsLostAsync(string vm, MachineView view, bool areSilent, CancellationToken ct)
    {
        if (view.Cloud is MachineSight.Gone && areSilent)
        {
            return view.At - await heartbeats.MissAsync(vm, view.At, ct) >= LostAfter;
        }

        await heartbeats.FoundAsync(vm, ct);
        return false;
    }
}
