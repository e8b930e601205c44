using System.Diagnostics;
using System.Globalization;
using DurableTask.Core;

namespace Launchpad.Durable.Tests;

/// <summary>What the store costs under DurableTask's own worker in one process: `dotnet Launchpad.Durable.Tests.dll bench`.</summary>
internal static class Bench
{
    public static async Task<int> RunAsync(string[] args)
    {
        var directory = args.ElementAtOrDefault(1) ?? TestHub.NewDirectory();
        Directory.CreateDirectory(directory);
        Report("fsync alone, p50", Percentile(Flushes(directory), 0.5), "ms");
        foreach (var idle in new TimeSpan?[] { null, TimeSpan.FromSeconds(1) })
        {
            Console.WriteLine(idle is null ? "without extended sessions" : "with extended sessions");
            await using var hub = await TestHub.StartAsync(
                worker => worker
                    .Activity("Hello", input => $"Hello {input}!")
                    .Orchestrator("Sequence", async flow =>
                    {
                        for (var i = 0; i < 5; i++)
                        {
                            await flow.Call<string>("Hello", "you");
                        }

                        return "done";
                    })
                    .Orchestrator("FanOut", async flow =>
                        (await Task.WhenAll(Enumerable.Range(0, flow.Input<int>()).Select(_ => flow.Call<string>("Hello", "all")))).Length)
                    .Orchestrator("Timer", async flow =>
                    {
                        var due = flow.Context.CurrentUtcDateTime.AddSeconds(flow.Input<double>());
                        await flow.Context.CreateTimer(due, "");
                        return due;
                    }),
                TestHub.NewOptions(Path.Combine(directory, Guid.NewGuid().ToString("n"))) with { ExtendedSessionIdle = idle });
            await hub.RunAsync("Sequence");
            await MeasureAsync(hub);
        }

        return 0;
    }

    private static async Task MeasureAsync(TestHub hub)
    {
        var alone = new List<double>();
        for (var i = 0; i < 200; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await hub.RunAsync("Sequence");
            alone.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        Report("one sequence alone, p50", Percentile(alone, 0.5), "ms");
        Report("one sequence alone, p99", Percentile(alone, 0.99), "ms");
        foreach (var count in new[] { 100, 1000, 3000 })
        {
            var began = Stopwatch.GetTimestamp();
            var cpu = Process.GetCurrentProcess().TotalProcessorTime;
            await Task.WhenAll(Enumerable.Range(0, count).Select(_ => hub.RunAsync("Sequence")));
            Report($"{count} sequences at once", count / Stopwatch.GetElapsedTime(began).TotalSeconds, "/s");
            Report("  processor time of one", (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMilliseconds / count, "ms");
        }

        var fan = Stopwatch.GetTimestamp();
        await hub.RunAsync("FanOut", 1000);
        Report("fan-out of 1000", Stopwatch.GetElapsedTime(fan).TotalMilliseconds, "ms");

        await Task.WhenAll(Enumerable.Range(0, 10_000).Select(_ => hub.BeginAsync("Timer", 3600.0)));
        var late = new List<double>();
        for (var i = 0; i < 50; i++)
        {
            var state = await hub.RunAsync("Timer", 0.02);
            late.Add((state.CompletedTime - DateTime.Parse(
                state.Output.Trim('"'), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind)).TotalMilliseconds);
        }

        Report("a timer among 10000, late by p50", Percentile(late, 0.5), "ms");
        Report("a timer among 10000, late by p99", Percentile(late, 0.99), "ms");
    }

    private static List<double> Flushes(string directory)
    {
        var path = Path.Combine(directory, "flush");
        using var file = new FileStream(path, FileMode.Create);
        var times = new List<double>();
        for (var i = 0; i < 200; i++)
        {
            file.Write(new byte[8192]);
            var started = Stopwatch.GetTimestamp();
            file.Flush(flushToDisk: true);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return times;
    }

    private static double Percentile(List<double> values, double p) => values.Order().ElementAt((int)(p * (values.Count - 1)));

    private static void Report(string what, double value, string unit) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-40} {value,10:0.00} {unit}"));
}
