using System.Diagnostics;
using System.Globalization;
using Launchpad.Durable;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Launchpad.Bench;

/// <summary>A process with many live instances is killed; the next one says when it answers and when all of them go on.</summary>
internal static class Recovery
{
    private const int Samples = 1000;

    public static async Task<(double First, double Resumed)> MeasureAsync(string directory, int count, Action<string> say)
    {
        using (var live = Start("live", directory, count))
        {
            if (await live.StandardOutput.ReadLineAsync() is not "ready")
            {
                throw new InvalidOperationException("The instances were not started.");
            }

            live.Kill();
            await live.WaitForExitAsync();
        }

        say("  killed; starting again …");
        using var next = Start("recover", directory, count);
        var words = (await next.StandardOutput.ReadLineAsync())?.Split(' ') ?? throw new InvalidOperationException("It did not recover.");
        await next.WaitForExitAsync();
        return (double.Parse(words[0], CultureInfo.InvariantCulture), double.Parse(words[1], CultureInfo.InvariantCulture));
    }

    /// <summary>The process that is killed: every instance has done a step and waits for an event.</summary>
    public static async Task<int> LiveAsync(string directory, int count)
    {
        var engine = await Sagas.StartAsync(directory);
        using var places = new SemaphoreSlim(2000);
        await Task.WhenAll(Enumerable.Range(0, count).Select(async i =>
        {
            await places.WaitAsync();
            await engine.Client.ScheduleNewOrchestrationInstanceAsync("Waiting", new StartOrchestrationOptions($"w-{i}"));
            places.Release();
        }));
        while ((await engine.HistoryAsync($"w-{count - 1}", CancellationToken.None)).Count < 4)
        {
            await Task.Delay(10);
        }

        Console.WriteLine("ready");
        await Task.Delay(Timeout.Infinite);
        return 0;
    }

    /// <summary>The process after it: milliseconds since it was created.</summary>
    public static async Task<int> RecoverAsync(string directory, int count)
    {
        await using var engine = await Sagas.StartAsync(directory);
        var last = await engine.Client.GetInstanceAsync($"w-{count - 1}");
        var first = Age();
        var samples = Enumerable.Range(0, Samples).Select(i => $"w-{(long)i * count / Samples}").Append($"w-{count - 1}").Distinct().ToList();
        await Task.WhenAll(samples.Select(id => engine.Client.RaiseEventAsync(id, "go", "!")));
        await Task.WhenAll(samples.Select(id => engine.Client.WaitForInstanceCompletionAsync(id)));
        var resumed = Age();
        var live = 0;
        await foreach (var _ in engine.Client.GetAllInstancesAsync(new(PageSize: 1000)))
        {
            live++;
        }

        if (last is null || live != count)
        {
            throw new InvalidOperationException($"Of {count} instances {live} are left.");
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{first} {resumed}"));
        return 0;
    }

    private static double Age()
    {
        using var self = Process.GetCurrentProcess();
        return (DateTime.Now - self.StartTime).TotalMilliseconds;
    }

    private static Process Start(string mode, string directory, int count)
    {
        var program = typeof(Recovery).Assembly.Location;
        return Process.Start(new ProcessStartInfo("dotnet", [program, mode, directory, $"{count}"]) { RedirectStandardOutput = true })!;
    }
}
