using System.Collections.Concurrent;
using Launchpad.Functions.Access;
using Launchpad.Orchestrations.Activities;
using Launchpad.Orchestrations.Definitions;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Records;
using Launchpad.Shared.Vms;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions;

/// <summary>What the clock does for backups.</summary>
public sealed class BackupSchedules(DueClocks due, BackupTurns turns, BackupRemains remains, BackupWatch watch)
{
    /// <summary>Each bot at its own time of the night, and again until it succeeds or it is morning.</summary>
    [Function("BackUpNightly")]
    public async Task BackUp(
        [TimerTrigger("0 * 3-8 * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var places = await turns.PlacesAsync(OperationKind.Backup, ct);
        await due.GoAsync(
            BackupTurn.Backup,
            async (clock, stop) =>
            {
                if (!await turns.TryBackUpAsync(client, clock, places, stop))
                {
                    await remains.RemoveAsync(clock.Deployment, stop);
                }
            },
            ct);
    }

    /// <summary>Each bot once a month.</summary>
    [Function("DrillBackups")]
    public async Task Drill(
        [TimerTrigger("0 10 * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var places = await turns.PlacesAsync(OperationKind.Drill, ct);
        await due.GoAsync(BackupTurn.Drill, (clock, stop) => turns.DrillAsync(client, clock, places, stop), ct);
    }

    /// <summary>Calls somebody when backups are missing: once, for all of them.</summary>
    [Function("WatchBackups")]
    public async Task Watch([TimerTrigger("0 */15 * * * *")] TimerInfo timer, CancellationToken ct)
    {
        var late = new ConcurrentBag<BackupClock>();
        await due.GoAsync(
            BackupTurn.Late,
            (clock, _) =>
            {
                late.Add(clock);
                return Task.CompletedTask;
            },
            ct);
        await watch.TellAsync([.. late], ct);
    }
}

/// <summary>Where operations of one kind go on, so that no machine has two and all together not too many.</summary>
public sealed class BusyPlaces(IEnumerable<string> machines, int max)
{
    private readonly HashSet<string> taken = [.. machines];

    public bool TryTake(string machine)
    {
        lock (taken)
        {
            return taken.Count < max && taken.Add(machine);
        }
    }
}

/// <summary>What is done when a bot's turn has come.</summary>
public sealed class BackupTurns(DeploymentStore deployments, BackupClocks clocks, NextBackups next, BackupBegins begins)
{
    public Task<BusyPlaces> PlacesAsync(OperationKind kind, CancellationToken ct) => begins.PlacesAsync(deployments.BusyAsync(kind, ct), kind, ct);

    /// <summary>False for a bot that is deleted.</summary>
    public async Task<bool> TryBackUpAsync(DurableTaskClient client, BackupClock clock, BusyPlaces places, CancellationToken ct)
    {
        var deployment = await deployments.FindAsync(clock.Account, clock.Deployment, ct);
        if (deployment is null or { Status: DeploymentStatus.Terminated })
        {
            return false;
        }

        if (deployment.Operation is not null)
        {
            await clocks.UpdateAsync(clock.Deployment, next.Busy, ct);
        }
        else if (OperationKind.Backup.Definition().Refuse(deployment) is not null)
        {
            await clocks.UpdateAsync(clock.Deployment, next.Idle, ct);
        }
        else if (places.TryTake(deployment.Vm!))
        {
            await clocks.UpdateAsync(clock.Deployment, next.Begun, ct);
            await begins.BeginAsync(client, deployment, OperationKind.Backup, nameof(BackupReason.Nightly), ct);
        }

        return true;
    }

    /// <summary>Where the machine has no room for two there is nothing to tell anybody each day: whoever asks himself is told why it is not possible.
    /// </summary>
    public async Task DrillAsync(DurableTaskClient client, BackupClock clock, BusyPlaces places, CancellationToken ct)
    {
        var deployment = await deployments.FindAsync(clock.Account, clock.Deployment, ct);
        if (deployment is null or { Operation: not null } || OperationKind.Drill.Definition().Refuse(deployment) is not null
            || !await begins.HasRoomForTwoAsync(deployment, ct))
        {
            await clocks.UpdateAsync(clock.Deployment, next.DrillBegun, ct);
        }
        else if (places.TryTake(deployment.Vm!))
        {
            await clocks.UpdateAsync(clock.Deployment, next.DrillBegun, ct);
            await begins.BeginAsync(client, deployment, OperationKind.Drill, typed: null, ct);
        }
    }
}

/// <summary>Begins what the clock wants.</summary>
public sealed class BackupBegins(OperationStarter starter, VmStore vms, IOptions<BackupOptions> options)
{
    public async Task<bool> HasRoomForTwoAsync(Deployment deployment, CancellationToken ct) =>
        await vms.FindAsync(deployment.Vm!, ct) is { FreeMb: >= Bots.CandidateMemoryMb };

    public async Task<BusyPlaces> PlacesAsync(IAsyncEnumerable<Deployment> busy, OperationKind kind, CancellationToken ct) => new(
        await busy.Where(deployment => deployment.Operation?.Kind == kind).Select(deployment => deployment.Vm ?? deployment.Id).ToListAsync(ct),
        options.Value.AtOnceMax);

    /// <summary>Somebody who was faster is not in the way: the clock comes back.</summary>
    public async Task BeginAsync(DurableTaskClient client, Deployment deployment, OperationKind kind, string? typed, CancellationToken ct)
    {
        try
        {
            await starter.BeginAsync(client, deployment, kind, new Unbound(Endings.Sweep), typed, ct);
        }
        catch (ProblemException)
        {
            // It is busy, or not what it was.
        }
    }
}

/// <summary>Calls somebody when backups are missing.</summary>
public sealed class BackupWatch(Pager pager, Recorder recorder, IOptions<BackupOptions> options)
{
    public const string Missing = "backup-missing";

    /// <summary>What the page is about: all bots together.</summary>
    private const string Subject = "backups";
    private const int NamedMax = 20;

    /// <summary>Each owner is told of his own, once for each backup that was the last good one.</summary>
    public async Task TellAsync(IReadOnlyList<BackupClock> late, CancellationToken ct)
    {
        foreach (var clock in late)
        {
            await recorder.TellOnceAsync(
                $"{Missing}-{clock.GoodAt.UtcTicks}", clock.Account, clock.Deployment, Endings.Sweep, Missing, new { since = clock.GoodAt }, ct);
        }

        await PageAsync(late, ct);
    }

    private Task<bool> PageAsync(IReadOnlyList<BackupClock> late, CancellationToken ct) => late.Count == 0
        ? pager.ResolveAsync(PageKind.BackupMissing, Subject, ct)
        : pager.RaiseAsync(
            PageKind.BackupMissing, Subject,
            $"{late.Count} bots have no good backup of the last {options.Value.LateAfter.TotalHours:0} hours: "
            + string.Join(", ", late.OrderBy(clock => clock.GoodAt).Take(NamedMax).Select(clock => $"{clock.Deployment} ({clock.GoodAt:u})"))
            + (late.Count > NamedMax ? ", …" : "."), ct);
}
