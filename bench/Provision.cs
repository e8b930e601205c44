using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Launchpad.Local.Demo;

namespace Launchpad.Bench;

/// <summary>From nothing to a usable API, what that costs while nobody uses it, and from payment to a running OpenClaw over a bare container.</summary>
internal static class Provision
{
    private const double UsableLimitMs = 8_000;
    private const double IdleLimitPercent = 1;
    private static readonly TimeSpan IdleWindow = TimeSpan.FromSeconds(30);
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "Launchpad.Local.dll");

    public static async Task<Report> RunAsync(Action<string> say)
    {
        var home = Directory.CreateTempSubdirectory("launchpad-bench-").FullName;
        string[] common = ["--home", home];
        try
        {
            say("Building what is not cached yet …");
            using (var first = await UpAsync(common))
            {
                await PreparedAsync(common);
                await RunAsync(["down", .. common]);
            }

            say("Starting with everything cached …");
            var start = Stopwatch.GetTimestamp();
            using var up = await UpAsync(common);
            var usable = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            await PreparedAsync(common);

            say($"Idle for {IdleWindow.TotalSeconds} s …");
            var idle = await IdlePercentAsync(up.Id, common);

            say("The demonstration …");
            var demo = JsonSerializer.Deserialize(await RunAsync(["demo", "--json", .. common]), DemoJson.Default.DemoReport)!;
            return Report.Of(
                Row.Of("up to a usable API", Math.Round(usable), "ms", UsableLimitMs, 1),
                Row.Of("idle CPU of both processes", Math.Round(idle, 3), "%", IdleLimitPercent, 1),
                Row.Of("payment to running over a bare container", demo.PaidToRunningMs, "ms", demo.BareBootMs, 1.15));
        }
        finally
        {
            await RunAsync(["down", "--erase", .. common]);
        }
    }

    private static async Task<Process> UpAsync(string[] common)
    {
        var up = Start(["up", "--json", .. common]);
        return await up.StandardOutput.ReadLineAsync() is not null ? up : throw new InvalidOperationException("up did not start.");
    }

    private static async Task PreparedAsync(string[] common)
    {
        while (!(bool)(await StatusAsync(common))["prepared"]!)
        {
            await Task.Delay(250);
        }
    }

    private static async Task<JsonNode> StatusAsync(string[] common) => JsonNode.Parse(await RunAsync(["status", "--json", .. common]))!;

    private static async Task<double> IdlePercentAsync(int pocketCloud, string[] common)
    {
        int[] pids = [pocketCloud, (int)(await StatusAsync(common))["children"]!["control-plane"]!];
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

    private static async Task<string> RunAsync(string[] arguments)
    {
        using var process = Start(arguments);
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? said : throw new InvalidOperationException($"{arguments[0]} ended with {process.ExitCode}.");
    }

    private static Process Start(string[] arguments) =>
        Process.Start(new ProcessStartInfo("dotnet", [Program, .. arguments]) { RedirectStandardOutput = true })!;
}
