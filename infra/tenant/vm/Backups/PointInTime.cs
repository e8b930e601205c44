using System.Diagnostics;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Backups;

/// <summary>A copy of a volume as it is at one moment: beside the bot while its writes wait, and where that takes too long with the bot
/// stopped.</summary>
internal sealed class PointInTime(DockerEngine docker, BackupRequest request, Paths paths)
{
    // Of the time that a bot may be stopped: it starts again before its alarm goes off.
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan HoldMin = TimeSpan.FromSeconds(1);

    private Hold? _hold;

    public DateTimeOffset At { get; private set; } = DateTimeOffset.UtcNow;

    /// <summary>How long writers of a running bot waited.</summary>
    public TimeSpan Held { get; private set; }

    public TimeSpan Stopped { get; private set; }

    /// <returns>What was done, in words.</returns>
    public async Task<string> MakeAsync()
    {
        if (!Volume.IsMounted(paths.Mount))
        {
            return $"{await VolumeCopy.MakeAsync(paths.Image, paths.CopyImage)} MB, which nobody uses";
        }

        var max = TimeSpan.FromSeconds(request.StoppedSecondsMax);
        var isRunning = (await Container.FindAsync(docker, request.Deployment))?.State.Running is true;
        if (!isRunning)
        {
            return $"{await HoldAndCopyAsync(max) ?? throw TooLarge()} MB, with the bot stopped already";
        }

        if (request.HeldSecondsMax > 0 && await CopyBesideAsync(TimeSpan.FromSeconds(request.HeldSecondsMax)) is { } used)
        {
            return $"{used} MB, writers held for {Held.TotalMilliseconds:0} ms";
        }

        return $"{await CopyStoppedAsync(max) ?? throw TooLarge()} MB, bot stopped for {Stopped.TotalSeconds:0.0} s";
    }

    private async Task<int?> CopyBesideAsync(TimeSpan max)
    {
        var used = await HoldAndCopyAsync(max);
        Held = _hold!.Elapsed;
        return used;
    }

    private async Task<int?> CopyStoppedAsync(TimeSpan max)
    {
        var clock = Stopwatch.StartNew();
        Alarm.Set(request.Deployment, DateTimeOffset.UtcNow + max);
        try
        {
            await Container.StopAsync(docker, request.Deployment);
            return await HoldAndCopyAsync(max - clock.Elapsed - StartMax);
        }
        finally
        {
            await Alarm.EndAsync(docker, request.Deployment);
            Stopped = clock.Elapsed;
        }
    }

    // Held in any case: what was written is in the file then, and whoever starts the bot does not spoil the copy.
    private async Task<int?> HoldAndCopyAsync(TimeSpan max)
    {
        if (max < HoldMin)
        {
            return null;
        }

        _hold = await Hold.BeginAsync(paths.Mount, max);
        await using (_hold)
        {
            At = _hold.At;
            var left = max - _hold.Elapsed;
            return left > TimeSpan.Zero ? await VolumeCopy.TryMakeAsync(paths.Image, paths.CopyImage, _hold, left) : null;
        }
    }

    private VmFailure TooLarge() => new(
        VmErrorCode.VolumeFailed,
        $"The volume was not copied within the {request.StoppedSecondsMax} s that its bot may be stopped for: it is large, or the disk slow.",
        retryable: false);
}
