using System.Collections.Concurrent;
using Launchpad.Durable;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging.Abstractions;

namespace Launchpad.Bench;

/// <summary>The orchestrations that are measured: those that other engines are measured with, under the same names.</summary>
internal static class Sagas
{
    private static readonly string[] Cities = ["Tokyo", "Seattle", "London", "Amsterdam", "Berlin"];

    /// <summary>How late each timer was, in milliseconds.</summary>
    public static ConcurrentBag<double> Lateness { get; } = [];

    public static async Task<DurableEngine> StartAsync(string directory, bool exitOnLogFailure = true)
    {
        var options = new DurableOptions { Directory = directory, ExitOnLogFailure = exitOnLogFailure, DrainTimeout = TimeSpan.Zero };
        var engine = new DurableEngine(options, TimeProvider.System, NullLoggerFactory.Instance);
        engine.AddActivity("SayHello", (call, _) => Task.FromResult<object?>($"Hello {call.InputJson}!"));
        engine.AddOrchestrator("HelloSequence5", async context => await HelloSequence5(context));
        engine.AddOrchestrator("FanOutFanIn", async context => await FanOutFanIn(context));
        engine.AddOrchestrator("Timers", async context => await Timers(context));
        engine.AddOrchestrator("Waiting", async context => await Waiting(context));
        await engine.StartAsync(CancellationToken.None);
        return engine;
    }

    public static async Task<string> HelloSequence5(TaskOrchestrationContext context)
    {
        var said = new List<string>();
        foreach (var city in Cities)
        {
            said.Add(await context.CallActivityAsync<string>("SayHello", city));
        }

        return string.Join(' ', said);
    }

    private static async Task<int> FanOutFanIn(TaskOrchestrationContext context)
    {
        var calls = Enumerable.Range(0, context.GetInput<int>()).Select(_ => context.CallActivityAsync<string>("SayHello", "Tokyo"));
        return (await Task.WhenAll(calls)).Length;
    }

    /// <summary>So many timers, of which every tenth is due at the given time and the others are in the way.</summary>
    private static async Task<int> Timers(TaskOrchestrationContext context)
    {
        var (count, due) = context.GetInput<TimersInput>()!;
        using var over = new CancellationTokenSource();
        var soon = new List<Task>();
        for (var i = 0; i < count; i++)
        {
            if (i % 10 == 0)
            {
                soon.Add(Ring(context, due.AddMilliseconds(i * 1000 / count)));
            }
            else
            {
                _ = context.CreateTimer(due.AddHours(1), over.Token);
            }
        }

        await Task.WhenAll(soon);
        await over.CancelAsync();
        return soon.Count;
    }

    private static async Task Ring(TaskOrchestrationContext context, DateTime due)
    {
        await context.CreateTimer(due, CancellationToken.None);
        Lateness.Add((DateTime.UtcNow - due).TotalMilliseconds);
    }

    private static async Task<string> Waiting(TaskOrchestrationContext context)
    {
        var said = await context.CallActivityAsync<string>("SayHello", "Tokyo");
        return said + await context.WaitForExternalEvent<string>("go");
    }
}

internal sealed record TimersInput(int Count, DateTime Due);
