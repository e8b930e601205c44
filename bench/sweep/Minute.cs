using System.Diagnostics;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Reconciliation;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Launchpad.Bench;

/// <summary>Everything that a minute's timers read and write, but for what the machines found are worth to the engine.</summary>
internal sealed class Minute(Fleet fleet, SweepBench.Calls calls)
{
    /// <summary>A page of deployments with the machines that it names, and one of machines of either pool with their bots.</summary>
    public const int ReconcileRequestsMax = 2_500;

    private const int Rounds = 15;
    private const int NightMinutes = 6 * 60;

    /// <summary>With nothing due: the one of several that was disturbed least by what else the machine does.</summary>
    public async Task<Cost> IdleAsync()
    {
        var costs = new List<Cost>();
        while (costs.Count < Rounds)
        {
            costs.Add(await RunAsync(expected: 0));
        }

        return costs.MinBy(cost => cost.CpuMs)!;
    }

    /// <param name="expected">How many machines are looked at.</param>
    public async Task<Cost> RunAsync(int expected)
    {
        var due = await fleet.DueAsync();
        return due == expected
            ? await OfAsync(SweepAsync)
            : throw new InvalidOperationException($"{due} machines were due, and {expected} should have been.");
    }

    /// <summary>What the timers of backups and drills do from three to nine when nothing is due, minute by minute.</summary>
    public Task<Cost> NightAsync()
    {
        var clock = new NightClock(fleet.Now);
        var due = new DueClocks(fleet.Tables, fleet.Rounds, Fleet.ClocksAt(fleet.Tables, clock), clock);
        return OfAsync(async () =>
        {
            for (; clock.Minutes < NightMinutes; clock.Minutes++)
            {
                await GoAsync(due, BackupTurn.Backup);
                await (clock.Minutes % 15 == 0 ? GoAsync(due, BackupTurn.Late) : Task.CompletedTask);
                await (clock.Minutes % 60 == 0 ? GoAsync(due, BackupTurn.Drill) : Task.CompletedTask);
            }
        });
    }

    private static Task GoAsync(DueClocks due, BackupTurn turn) => due.GoAsync(
        turn, (clock, _) => throw new InvalidOperationException($"{clock.Deployment} is due."), CancellationToken.None);

    public Task<Cost> ReconcileAsync() => OfAsync(async () =>
    {
        var places = new Places(fleet.Vms, fleet.Placed, fleet.Conditions, fleet.Deployments);
        var healing = new DeploymentHealing(fleet.Deployments, places, fleet.Clocks);
        var findings = new ReconcilerFindings(fleet.Tables, TimeProvider.System, NullLogger<ReconcilerFindings>.Instance);
        using var pager = new Pager(fleet.Tables, Options.Create(new OperatorOptions()), TimeProvider.System, NullLogger<Pager>.Instance);
        var healed = await new DeploymentReconciler(fleet.Tables, healing, findings, pager).RunAsync(CancellationToken.None);
        // Nothing is to be removed from a machine of a fleet that is whole, so none is spoken to.
        var orphans = new Orphans(fleet.Vms, fleet.Deployments, jobs: null!, cloud: null!);
        healed += await new MachineReconciler(fleet.Tables, fleet.Vms, orphans, findings).RunAsync(CancellationToken.None);
        if (healed > 0)
        {
            throw new InvalidOperationException($"{healed} rows of a fleet that is whole were put right.");
        }
    });

    private async Task SweepAsync()
    {
        var now = fleet.Now;
        await new BusySweep(fleet.Deployments, fleet.Rounds, TimeProvider.System).RunAsync(_ => Task.CompletedTask, CancellationToken.None);
        foreach (var tier in Enum.GetValues<Tier>())
        {
            await fleet.Vms.UnsettledAsync(tier, CancellationToken.None).CountAsync();
        }

        var swept = await fleet.Sweep.RunAsync(now, CancellationToken.None);
        if (swept.Suspects.Count > 0)
        {
            throw new InvalidOperationException($"{swept.Suspects.Count} machines that are well were suspected.");
        }
    }

    private async Task<Cost> OfAsync(Func<Task> work)
    {
        GC.Collect();
        var (requests, bytes) = calls.Now;
        var (cpu, start) = (Process.GetCurrentProcess().TotalProcessorTime, Stopwatch.GetTimestamp());
        await work();
        var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        var now = calls.Now;
        return new(
            now.Requests - requests, Math.Round((now.Bytes - bytes) / 1024.0, 1),
            Math.Round((Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMilliseconds), elapsed);
    }
}

/// <summary>A night in as little time as it takes.</summary>
internal sealed class NightClock(DateTimeOffset begin) : TimeProvider
{
    public int Minutes { get; set; }

    public override DateTimeOffset GetUtcNow() => begin.AddMinutes(Minutes);
}
