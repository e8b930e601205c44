using System.Diagnostics;
using System.Globalization;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm;

/// <summary>
/// A mounted volume that is held still: whoever writes to it waits. Who freezes and dies leaves a bot that hangs for good, so the thaw is
/// started first, as a process of a session of its own, and the freeze comes only then.
/// </summary>
internal sealed class Hold : IAsyncDisposable
{
    private readonly string _mount;
    private readonly Process _thaw;
    private readonly Stopwatch _clock;

    private Hold(string mount, Process thaw, Stopwatch clock) => (_mount, _thaw, _clock) = (mount, thaw, clock);

    public DateTimeOffset At { get; } = DateTimeOffset.UtcNow;

    /// <summary>What was copied until now may have changed meanwhile.</summary>
    public bool IsOver => _thaw.HasExited;

    public TimeSpan Elapsed => _clock.Elapsed;

    public static async Task<Hold> BeginAsync(string mount, TimeSpan max)
    {
        // What can be written before anybody waits for it.
        await Command.RunAsync("/usr/bin/sync", ["--file-system", mount]);
        var clock = Stopwatch.StartNew();
        var thaw = StartThaw(mount, max);
        var frozen = await Command.RunAsync("/usr/sbin/fsfreeze", ["--freeze", mount]);
        if (frozen.Ok)
        {
            return new Hold(mount, thaw, clock);
        }

        End(thaw);
        throw new VmFailure(VmErrorCode.VolumeFailed, $"The volume could not be held still: {frozen.Error}", retryable: true);
    }

    public async ValueTask DisposeAsync()
    {
        await Command.RunAsync("/usr/sbin/fsfreeze", ["--unfreeze", _mount]);
        _clock.Stop();
        End(_thaw);
    }

    // The one script has no value in it: the path is its argument.
    private static Process StartThaw(string mount, TimeSpan max) => Process.Start(new ProcessStartInfo(
        "/usr/bin/setsid",
        ["/bin/sh", "-c", "exec </dev/null >/dev/null 2>&1; sleep \"$1\"; exec /usr/sbin/fsfreeze --unfreeze \"$2\"",
            "thaw", max.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture), mount]))!;

    // One that is left would thaw what is held by the next.
    private static void End(Process thaw)
    {
        Command.Kill(thaw);
        thaw.Dispose();
    }
}
