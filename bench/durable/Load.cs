using System.Diagnostics;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Launchpad.Bench;

/// <summary>A closed loop's figures: times in milliseconds, from the start to the client's knowledge of the end.</summary>
internal sealed record LoadResult(double PerSecond, double P50, double P99)
{
    /// <summary>Processor time that one takes, of all threads of this process: unlike the others, it hardly depends on the neighbours.</summary>
    public required double CpuMicroseconds { get; init; }
}

/// <summary>Callers of an engine in this process.</summary>
internal static class Load
{
    /// <summary>So many callers, each of whom starts the next instance when the last one has ended.</summary>
    public static async Task<LoadResult> RunAsync(DurableTaskClient client, int callers, int total)
    {
        var times = new double[total];
        var next = -1;
        var cpu = Environment.CpuUsage.TotalTime;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Math.Min(callers, total)).Select(_ => Task.Run(async () =>
        {
            for (int i; (i = Interlocked.Increment(ref next)) < total;)
            {
                var begun = Stopwatch.GetTimestamp();
                await OneAsync(client, "HelloSequence5", null);
                times[i] = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
            }
        })));
        var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return new(total / elapsed, Percentile(times, 0.5), Percentile(times, 0.99))
        {
            CpuMicroseconds = (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / total,
        };
    }

    public static async Task OneAsync(DurableTaskClient client, string name, object? input, string? id = null)
    {
        id = await client.ScheduleNewOrchestrationInstanceAsync(name, input, new StartOrchestrationOptions(id));
        var state = await client.WaitForInstanceCompletionAsync(id);
        if (state.RuntimeStatus is not OrchestrationRuntimeStatus.Completed)
        {
            throw new InvalidOperationException($"{name} {id} is {state.RuntimeStatus}.");
        }
    }

    /// <summary>Asks for the status of instances by chance, from as many threads as there are processors.</summary>
    public static async Task<(double PerSecond, double P99)> StatusAsync(DurableTaskClient client, int count, int total)
    {
        var threads = Environment.ProcessorCount;
        var times = new double[total / threads * threads];
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Run(async () =>
        {
            var random = new Random(thread);
            for (var i = thread; i < times.Length; i += threads)
            {
                var begun = Stopwatch.GetTimestamp();
                _ = await client.GetInstanceAsync($"h-{random.Next(count)}") ?? throw new InvalidOperationException("An instance is missing.");
                times[i] = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
            }
        })));
        return (times.Length / Stopwatch.GetElapsedTime(started).TotalSeconds, Percentile(times, 0.99));
    }

    /// <summary>Reads a page of a hundred and says how long that took.</summary>
    public static async Task<double> PageAsync(DurableTaskClient client, long after)
    {
        var begun = Stopwatch.GetTimestamp();
        var query = new OrchestrationQuery(Statuses: [OrchestrationRuntimeStatus.Completed], PageSize: 100);
        await foreach (var page in client.GetAllInstancesAsync(query).AsPages($"{after}", 100))
        {
            return page.Values.Count > 0
                ? Stopwatch.GetElapsedTime(begun).TotalMilliseconds
                : throw new InvalidOperationException("A page is empty.");
        }

        throw new InvalidOperationException("There is no page.");
    }

    public static double Percentile(IEnumerable<double> values, double part)
    {
        var sorted = values.Order().ToArray();
        return sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * part))];
    }
}
