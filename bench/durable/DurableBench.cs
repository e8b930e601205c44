using System.Diagnostics;

namespace Launchpad.Bench;

/// <summary>The same app under the same host on two stores, one after the other, and over the bare protocol.</summary>
public static class DurableBench
{
    private const int Hundred = 100;
    private const int Thousand = 1000;
    private const double IdleCpuMax = 1;
    private const double IdleMegabytesMax = 400;

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan IdleWindow = TimeSpan.FromSeconds(60);

    /// <param name="npm">The folder of the node modules, where the emulator is.</param>
    /// <param name="scale">1 is the bench; less of it is a test that everything works.</param>
    /// <param name="only">The groups to run, by name; null for all.</param>
    /// <param name="say">Told what is going on.</param>
    public static async Task<Report> RunAsync(string npm, double scale, string? only, Action<string> say)
    {
        var amounts = new Amounts(scale, only);
        var root = Directory.CreateTempSubdirectory("launchpad-bench-").FullName;
        try
        {
            var flush = Disk.FlushMicroseconds(root, amounts.Of(4000));
            await using var azurite = await Azurite.StartAsync(npm, Path.Combine(root, "azurite"));
            say("The bare protocol …");
            var bare = await BareAsync(amounts);
            say("The embedded store …");
            var embedded = await HostedAsync(azurite.ConnectionString, Embedded(Path.Combine(root, "durable")), amounts, say);
            say("Azure Storage over Azurite …");
            var azure = await HostedAsync(azurite.ConnectionString, Azure, amounts with { Only = amounts.Only ?? "hello,fanout,timers,http" }, say);
            return Report.Of([Row.Given("flush of 4 KB, preallocated, p50", flush / 1000, "ms"), .. Rows(amounts, bare, embedded, azure)]);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static Dictionary<string, string> Azure => new()
    {
        ["AzureFunctionsJobHost__extensions__durableTask__storageProvider__type"] = "AzureStorage",
    };

    private static Dictionary<string, string> Embedded(string directory) => new()
    {
        ["AzureFunctionsJobHost__extensions__durableTask__storageProvider__type"] = "Sqlite",
        ["Durable__Directory"] = directory,
    };

    private static IEnumerable<Row> Rows(Amounts amounts, Figures bare, Figures embedded, Figures azure)
    {
        const string Ceiling = "bare protocol";
        if (amounts.Has("hello"))
        {
            yield return Row.Time("HelloSequence5 alone, p50", embedded.AloneP50, azure.AloneP50, 1 / 4.0, 1 / 10.0)
                .Beside(Ceiling, bare.AloneP50);
            yield return Row.Time("HelloSequence5 alone, p99", embedded.AloneP99, azure.AloneP99, 1 / 4.0, 1 / 10.0)
                .Beside(Ceiling, bare.AloneP99);
            yield return Row.Rate($"HelloSequence5, {amounts.Of(Hundred)} at once", embedded.Hundred, azure.Hundred, 10, 40)
                .Beside(Ceiling, bare.Hundred);
            yield return Row.Rate($"HelloSequence5, {amounts.Of(Thousand):N0} at once", embedded.Thousand, azure.Thousand, 10, 40)
                .Beside(Ceiling, bare.Thousand);
        }

        if (amounts.Has("fanout"))
        {
            yield return Row.Rate($"fan-out of {amounts.Of(Thousand):N0} activities", embedded.FanOut, azure.FanOut, 10, 40)
                .Beside(Ceiling, bare.FanOut);
        }

        if (amounts.Has("timers"))
        {
            yield return Row.Time($"a timer among {amounts.Of(10_000):N0}: off by, p50", embedded.TimerOff, azure.TimerOff, 1 / 4.0, 1 / 10.0);
        }

        if (amounts.Has("http"))
        {
            yield return Row.Time("start over HTTP, p50", embedded.HttpStart, azure.HttpStart, 1 / 4.0, 1 / 10.0);
        }

        if (amounts.Has("idle"))
        {
            yield return Row.Of("idle CPU of both processes", Math.Round(embedded.IdleCpu, 3), "%", IdleCpuMax, 1);
            yield return Row.Of("idle memory of both processes", Math.Round(embedded.IdleMegabytes), "MB", IdleMegabytesMax, 1);
        }
    }

    private static async Task<Figures> BareAsync(Amounts amounts)
    {
        await using var engine = await BareEngine.StartAsync(BenchHost.Output("Launchpad.Bench.App"));
        async Task<double> RunAsync(int count, int units, string name, string? input = null)
        {
            var started = Stopwatch.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(0, count).Select(_ => engine.RunAsync(name, input)));
            return units / Stopwatch.GetElapsedTime(started).TotalSeconds;
        }

        var figures = new Figures();
        if (amounts.Has("hello"))
        {
            await RunAsync(amounts.Of(Thousand), 1, "HelloSequence5");
            var alone = new double[amounts.Of(300)];
            for (var i = 0; i < alone.Length; i++)
            {
                alone[i] = 1000 / await RunAsync(1, 1, "HelloSequence5");
            }

            figures = figures with
            {
                Hundred = await Amounts.MedianAsync(() => RunAsync(amounts.Of(Hundred), amounts.Of(Hundred), "HelloSequence5")),
                Thousand = await Amounts.MedianAsync(() => RunAsync(amounts.Of(Thousand), amounts.Of(Thousand), "HelloSequence5")),
                AloneP50 = Figures.Percentile(alone, 0.5),
                AloneP99 = Figures.Percentile(alone, 0.99),
            };
        }

        return amounts.Has("fanout")
            ? figures with { FanOut = await Amounts.MedianAsync(() => RunAsync(1, amounts.Of(Thousand), "FanOut", $"{amounts.Of(Thousand)}")) }
            : figures;
    }

    private static async Task<Figures> HostedAsync(
        string storage, Dictionary<string, string> settings, Amounts amounts, Action<string> say)
    {
        await using var host = await BenchHost.StartAsync(storage, settings);
        async Task<double> RateAsync(string load, int count) => 1000 * count / await host.LoadAsync<double>($"{load}/{count}");
        async Task<Figures> GroupAsync(string name, Figures figures, Func<Figures, Task<Figures>> measure)
        {
            if (!amounts.Has(name))
            {
                return figures;
            }

            say($"  {name} …");
            figures = await measure(figures);
            say($"    {figures}");
            return figures;
        }

        // Both are compared when the compiler has done its work, which takes the faster one longer.
        await Amounts.MedianAsync(() => RateAsync("at-once", amounts.Of(Hundred)));
        var figures = await GroupAsync("hello", new(), async figures =>
        {
            var hundred = await Amounts.MedianAsync(() => RateAsync("at-once", amounts.Of(Hundred)));
            var thousand = await Amounts.MedianAsync(() => RateAsync("at-once", amounts.Of(Thousand)));
            var alone = await host.LoadAsync<double[]>($"alone/{amounts.Of(100)}");
            return figures with
            {
                Hundred = hundred,
                Thousand = thousand,
                AloneP50 = Figures.Percentile(alone, 0.5),
                AloneP99 = Figures.Percentile(alone, 0.99),
            };
        });
        figures = await GroupAsync("fanout", figures, async figures =>
            figures with { FanOut = await Amounts.MedianAsync(() => RateAsync("fan-out", amounts.Of(Thousand))) });
        figures = await GroupAsync("timers", figures, async figures => figures with
        {
            TimerOff = Figures.Percentile(
                [.. (await host.LoadAsync<double[]>($"timers/{Math.Max(100, amounts.Of(10_000))}/20")).Select(Math.Abs)], 0.5),
        });
        figures = await GroupAsync("http", figures, async figures =>
            figures with { HttpStart = Figures.Percentile(await host.StartsAsync(amounts.Of(50)), 0.5) });
        return await GroupAsync("idle", figures, async figures =>
        {
            var (cpu, megabytes) = await host.IdleAsync(amounts.Of(Settling), amounts.Of(IdleWindow));
            return figures with { IdleCpu = cpu, IdleMegabytes = megabytes };
        });
    }
}
