using System.Diagnostics;
using System.Globalization;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm;

/// <summary>
/// A mounted volume that is held still: whoever writes to it waits. Who freezes and dies leaves a bot that hangs for good, so what thaws it
/// then is started first, as a process of a session of its own, and the freeze comes only then.
/// </summary>
internal sealed class Hold : IAsyncDisposable
{
    // When the time is over, or whoever holds is gone.
    private const string Thaw = """
        exec </dev/null >/dev/null 2>&1
        seconds=0
        while [ "$seconds" -lt "$2" ] && kill -0 "$3"; do
          sleep 1
          seconds=$((seconds + 1))
        done
        exec /usr/sbin/fsfreeze --unfreeze "$1"
        """;

    private readonly string _mount;
    private readonly Process _thaw;
    private readonly Stopwatch _clock;
    private readonly TimeSpan _max;

    private Hold(string mount, Process thaw, Stopwatch clock, TimeSpan max) => (_mount, _thaw, _clock, _max) = (mount, thaw, clock, max);

    public DateTimeOffset At { get; } = DateTimeOffset.UtcNow;

    /// <summary>What was copied until now may have changed meanwhile.</summary>
    public bool IsOver => _clock.Elapsed >= _max || _thaw.HasExited;

    public TimeSpan Elapsed => _clock.Elapsed;

    public static async Task<Hold> BeginAsync(string mount, TimeSpan max)
    {
        // What can be written before anybody waits for it.
        await Command.RunAsync("/usr/bin/sync", ["--file-system", mount], patience: TimeSpan.FromMinutes(5));
        var clock = Stopwatch.StartNew();
        var thaw = StartThaw(mount, max);
        try
        {
            var frozen = await Command.RunAsync("/usr/sbin/fsfreeze", ["--freeze", mount]);
            if (frozen.Ok)
            {
                return new Hold(mount, thaw, clock, max);
            }

            End(thaw);
            throw Failed(frozen.Error);
        }
        catch (TimeoutException slow)
        {
            // It may be held all the same, now or in a moment.
            await Command.RunAsync("/usr/sbin/fsfreeze", ["--unfreeze", mount]);
            throw Failed(slow.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Command.RunAsync("/usr/sbin/fsfreeze", ["--unfreeze", _mount]);
        _clock.Stop();
        End(_thaw);
    }

    // The one script has no value in it: all are its arguments.
    private static Process StartThaw(string mount, TimeSpan max) => Process.Start(new ProcessStartInfo(
        "/usr/bin/setsid", ["/bin/sh", "-c", Thaw, "thaw", mount, Number((int)max.TotalSeconds), Number(Environment.ProcessId)]))!;

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static VmFailure Failed(string trouble) =>
        new(VmErrorCode.VolumeFailed, $"The volume could not be held still: {trouble}", retryable: true);

    // One that is left would thaw what is held by the next.
    private static void End(Process thaw)
    {
        Command.Kill(thaw);
        thaw.Dispose();
    }
}
