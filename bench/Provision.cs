using System.Diagnostics;
using System.Globalization;

namespace Launchpad.Bench;

/// <summary>From nothing to a usable API, what that costs while nobody uses it, and from payment to a running OpenClaw over a bare container.</summary>
internal static class Provision
{
    private const double UsableLimitMs = 8_000;
    private const double IdleLimitPercent = 1;

    /// <summary>Has each of the timers that fire every minute once.</summary>
    private static readonly TimeSpan IdleWindow = TimeSpan.FromMinutes(1);

    public static async Task<Report> RunAsync(Action<string> say)
    {
        await using var stack = await LocalStack.StartAsync(say);
        await stack.DownAsync();

        say("Starting with everything cached …");
        var start = Stopwatch.GetTimestamp();
        await stack.UpAsync();
        var usable = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        await stack.PreparedAsync();

        say($"Idle for {IdleWindow.TotalSeconds} s …");
        var idle = await IdlePercentAsync(await stack.ProcessesAsync());

        say("The demonstration …");
        var demo = await stack.DemoAsync();
        return Report.Of(
            Row.Of("up to a usable API", Math.Round(usable), "ms", UsableLimitMs, 1),
            Row.Of("idle CPU of pocket cloud, host and app", Math.Round(idle, 3), "%", IdleLimitPercent, 1),
            Row.Of("payment to running over a bare container", demo.PaidToRunningMs, "ms", demo.BareBootMs, 1.15));
    }

    private static async Task<double> IdlePercentAsync(int[] pids)
    {
        await Task.Delay(TimeSpan.FromSeconds(10));
        var before = pids.Sum(Ticks);
        await Task.Delay(IdleWindow);
        return (pids.Sum(Ticks) - before) / IdleWindow.TotalSeconds;
    }

    /// <summary>User and system time, in hundredths of a second as the kernel counts them: per second of the clock, percent.</summary>
    private static double Ticks(int pid)
    {
        var fields = File.ReadAllText($"/proc/{pid}/stat").Split(") ")[^1].Split(' ');
        return double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture);
    }
}
