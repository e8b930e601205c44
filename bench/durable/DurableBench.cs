using System.Diagnostics;
using Launchpad.Durable;
using Microsoft.DurableTask.Client;

namespace Launchpad.Bench;

/// <summary>What the durable engine does on this machine, every step durable before the next one.</summary>
public sealed class DurableBench
{
    private static readonly (string, double)[] ThroughputPeers =
        [("Durable Task on Azure Storage over Azurite", 9.3), ("Durable Task core in memory", 2093), ("bare SQLite probe", 35_000)];

    private static readonly (string, double)[] LatencyPeers =
        [("Durable Task on Azure Storage over Azurite", 105), ("Durable Task core in memory", 0.27), ("bare SQLite probe", 0.79)];

    private readonly Action<string> say;
    private readonly double scale;
    private readonly string? only;
    private readonly List<Row> rows = [];
    private readonly string root = Directory.CreateTempSubdirectory("launchpad-bench-").FullName;
    private double flush;

    private DurableBench(double scale, string? only, Action<string> say)
    {
        this.scale = scale;
        this.only = only;
        this.say = say;
    }

    /// <param name="scale">1 is the bench; less of it is a test that everything works.</param>
    /// <param name="only">The rows to run, by the beginning of their group's name; null for all.</param>
    /// <param name="say">Told what is going on.</param>
    public static async Task<Report> RunAsync(double scale, string? only, Action<string> say)
    {
        var bench = new DurableBench(scale, only, say);
        try
        {
            await bench.RunAsync();
            return Report.Of([.. bench.rows]);
        }
        finally
        {
            Directory.Delete(bench.root, recursive: true);
        }
    }

    private async Task RunAsync()
    {
        flush = Disk.FlushMicroseconds(root, Scaled(4000));
        rows.Add(new("F: flush of 4 KB, preallocated, p50", Math.Round(flush / 1000, 3), "ms", null, null, null, true) { FlushMultiple = 1 });
        say($"F is {flush:0} µs.");
        await GroupAsync("hello", HelloAsync);
        await GroupAsync("fanout", FanOutAsync);
        await GroupAsync("timers", TimersAsync);
        await GroupAsync("purge", PurgeAsync);
        await GroupAsync("query", QueryAsync);
        await GroupAsync("recovery", RecoverAsync);
        var idle = TimeSpan.FromSeconds(Math.Max(0.2, 5 * scale));
        await GroupAsync("http", async () => rows.AddRange(await HttpStarts.MeasureAsync(Home("http"), Scaled(60_000), idle, flush, say)));
    }

    private async Task GroupAsync(string name, Func<Task> group)
    {
        if (only is null || only.Split(',').Contains(name))
        {
            say($"{name} …");
            await group();
            GC.Collect();
        }
    }

    private async Task HelloAsync()
    {
        await using var engine = await Sagas.StartAsync(Home("hello"));
        await Load.RunAsync(engine.Client, 100, Scaled(30_000));
        var hundred = await Load.RunAsync(engine.Client, 100, Scaled(20_000));
        var thousand = await Load.RunAsync(engine.Client, 1000, Scaled(60_000));

        // Last: the compiler has done its work by then, and the machine is idle.
        GC.Collect();
        await Load.RunAsync(engine.Client, 1, Scaled(500));
        var alone = await Load.RunAsync(engine.Client, 1, Scaled(3000));
        say($"  processor time of one: {alone.CpuMicroseconds:0} µs alone, {hundred.CpuMicroseconds:0} µs of 100, "
            + $"{thousand.CpuMicroseconds:0} µs of 1,000.");
        rows.Add(Row.AtLeast("G1 HelloSequence5, 1,000 concurrent", thousand.PerSecond, flush, 15_000, ThroughputPeers));
        rows.Add(Row.AtLeast("HelloSequence5, 100 concurrent", hundred.PerSecond, flush, 10_000, ThroughputPeers));
        rows.Add(Row.AtLeast("HelloSequence5, 1 at a time", alone.PerSecond, flush, 1e6 / (12 * flush), ThroughputPeers));
        rows.Add(Row.AtMost("G2 HelloSequence5 alone, p50", alone.P50, flush, 12 * flush / 1000, LatencyPeers));
        rows.Add(Row.AtMost("G2 HelloSequence5 alone, p99", alone.P99, flush, 40 * flush / 1000, LatencyPeers));
        rows.Add(Row.AtMost("HelloSequence5, 100 concurrent, p99", hundred.P99, flush, 50));
        rows.Add(Row.AtMost("HelloSequence5, 1,000 concurrent, p99", thousand.P99, flush, 500));
    }

    private async Task FanOutAsync()
    {
        await using var engine = await Sagas.StartAsync(Home("fanout"));
        var count = Scaled(100_000);
        await Load.OneAsync(engine.Client, "FanOutFanIn", Scaled(10_000));
        GC.Collect();
        var memory = GC.GetTotalMemory(forceFullCollection: true);
        var started = Stopwatch.GetTimestamp();
        await Load.OneAsync(engine.Client, "FanOutFanIn", count);
        var elapsed = Stopwatch.GetElapsedTime(started);
        rows.Add(Row.AtLeast($"G3 fan-out of {count:N0} activities", count / elapsed.TotalSeconds, flush, 40_000));
        say($"  the heap grew by {(GC.GetTotalMemory(false) - memory) / count} bytes per activity, garbage included.");
    }

    private async Task TimersAsync()
    {
        await using var engine = await Sagas.StartAsync(Home("timers"));
        var instances = Scaled(1000);
        var due = DateTime.UtcNow.AddSeconds(1 + (19 * scale));
        var ids = await Task.WhenAll(Enumerable.Range(0, instances).Select(_ =>
            engine.Client.ScheduleNewOrchestrationInstanceAsync("Timers", new TimersInput(100, due))));
        await Task.WhenAll(ids.Select(id => engine.Client.WaitForInstanceCompletionAsync(id)));
        if (Sagas.Lateness.Count < instances * 10 || Sagas.Lateness.Min() < 0)
        {
            throw new InvalidOperationException($"{Sagas.Lateness.Count} timers fired, the first {-Sagas.Lateness.Min()} ms early.");
        }

        rows.Add(Row.AtMost($"G7 {instances * 100:N0} timers, a tenth due in 1 s: latest", Sagas.Lateness.Max(), flush, 1000));
    }

    /// <summary>What a purge costs those who work meanwhile.</summary>
    private async Task PurgeAsync()
    {
        await using var engine = await Sagas.StartAsync(Home("purge"));
        await Load.RunAsync(engine.Client, 1000, Scaled(50_000));
        var before = await Load.RunAsync(engine.Client, 16, Scaled(10_000));
        var filter = new PurgeInstancesFilter(null, DateTimeOffset.UtcNow, [OrchestrationRuntimeStatus.Completed]);
        var started = Stopwatch.GetTimestamp();
        var purge = engine.Client.PurgeAllInstancesAsync(filter);
        var during = await Load.RunAsync(engine.Client, 16, Scaled(10_000));
        var purged = (await purge).PurgedInstanceCount;
        rows.Add(Row.AtMost("E24 p99 of 16 concurrent during a purge", during.P99, flush, 1.5 * before.P99, ("without a purge", before.P99)));
        rows.Add(Row.AtLeast("instances purged under load", purged / Stopwatch.GetElapsedTime(started).TotalSeconds, flush, 1000));
    }

    private async Task QueryAsync()
    {
        var home = Home("query");
        var count = Scaled(1_000_000);
        await using (var first = await Sagas.StartAsync(home))
        {
            await Load.OneAsync(first.Client, "HelloSequence5", null, "h-0");
        }

        Multiplied.Instances(home, count);
        var started = Stopwatch.GetTimestamp();
        await using var engine = await Sagas.StartAsync(home);
        rows.Add(Row.AtMost($"start on {count:N0} finished instances", Stopwatch.GetElapsedTime(started).TotalMilliseconds, flush, 1000));
        var (perSecond, p99) = await Load.StatusAsync(engine.Client, count, Scaled(200_000));
        rows.Add(Row.AtLeast($"G5 status by id, of {count:N0}", perSecond, flush, 30_000));
        rows.Add(Row.AtMost("status by id, p99", p99, flush, 1));
        var pages = new List<double>();
        for (var i = 0; i < 200; i++)
        {
            pages.Add(await Load.PageAsync(engine.Client, (long)i * count / 200));
        }

        rows.Add(Row.AtMost($"G5 page of 100 of {count:N0}, p99", Load.Percentile(pages, 0.99), flush, 10));
    }

    private async Task RecoverAsync()
    {
        var (first, resumed) = await Recovery.MeasureAsync(Home("recovery"), Scaled(100_000), say);
        rows.Add(Row.AtMost($"G6 first answer with {Scaled(100_000):N0} live, after kill -9", first, flush, 1000));
        rows.Add(Row.AtMost("G6 all of them resumable", resumed, flush, 5000));
    }

    private string Home(string name) => Path.Combine(root, name);

    private int Scaled(int count) => Math.Max(10, (int)(count * scale));
}
