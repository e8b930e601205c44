using Launchpad.Shared.Health;
using Launchpad.Shared.Snapshots;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions;

/// <summary>Backs up the control plane itself. An operator who does not want to wait runs the timer at once.</summary>
public sealed class ControlPlaneBackups(ControlPlaneSnapshots snapshots, SnapshotWatch watch, IOptions<SnapshotOptions> options)
{
    /// <summary>Before the bots, whose backups begin at three.</summary>
    [Function("BackUpControlPlane")]
    public async Task BackUp([TimerTrigger("0 30 2 * * *")] TimerInfo timer, CancellationToken ct)
    {
        await snapshots.TakeAsync(ct);
        await snapshots.PruneAsync(options.Value.Retention, ct);
    }

    /// <summary>Makes up for a night that failed, and for the first one, which has not come yet; calls somebody when that fails too.</summary>
    [Function("WatchControlPlaneBackups")]
    public Task Watch([TimerTrigger("0 40 * * * *")] TimerInfo timer, CancellationToken ct) => watch.LookAsync(ct);
}

/// <summary>Whether there is a snapshot of the last day.</summary>
public sealed class SnapshotWatch(ControlPlaneSnapshots snapshots, SnapshotBlobs blobs, SnapshotAlarm alarm, TimeProvider clock)
{
    /// <summary>A night after the last one, and an hour for it.</summary>
    private static readonly TimeSpan Due = TimeSpan.FromHours(25);

    public async Task LookAsync(CancellationToken ct)
    {
        if (await blobs.NewestAsync(ct) is not { } newest || clock.GetUtcNow() - newest.Begun > Due)
        {
            await alarm.TryAsync(() => snapshots.TakeAsync(ct), ct);
        }

        await alarm.TellAsync((await blobs.NewestAsync(ct))?.Begun, clock.GetUtcNow(), ct);
    }
}

/// <summary>Calls somebody when there is none.</summary>
public sealed class SnapshotAlarm(Pager pager, IOptions<SnapshotOptions> options, ILogger<SnapshotAlarm> log)
{
    private const string Subject = "control-plane";

    public async Task TryAsync(Func<Task> take, CancellationToken ct)
    {
        try
        {
            await take();
        }
        catch (Exception failed) when (!ct.IsCancellationRequested)
        {
            log.LogError(failed, "The control plane could not be backed up");
        }
    }

    /// <param name="newest">When the newest was begun; null for none.</param>
    /// <param name="now">The time.</param>
    /// <param name="ct">Stops the wait.</param>
    public Task TellAsync(DateTimeOffset? newest, DateTimeOffset now, CancellationToken ct) => now - newest <= options.Value.LateAfter
        ? pager.ResolveAsync(PageKind.BackupMissing, Subject, ct)
        : pager.RaiseAsync(
            PageKind.BackupMissing, Subject,
            newest is null ? "There is no backup of the control plane." : $"The newest backup of the control plane is of {newest:u}.", ct);
}
