using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Launchpad.Bench.App;

/// <summary>What is measured: what other engines are measured with, under the same names.</summary>
public static class Sagas
{
    private static readonly string[] Cities = ["Tokyo", "Seattle", "London", "Amsterdam", "Berlin"];

    [Function(nameof(SayHello))]
    public static string SayHello([ActivityTrigger] string city) => $"Hello {city}!";

    [Function(nameof(HelloSequence5))]
    public static async Task<string> HelloSequence5([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var said = new List<string>();
        foreach (var city in Cities)
        {
            said.Add(await context.CallActivityAsync<string>(nameof(SayHello), city));
        }

        return string.Join(' ', said);
    }

    [Function(nameof(FanOut))]
    public static async Task<int> FanOut([OrchestrationTrigger] TaskOrchestrationContext context, int activities)
    {
        var calls = Enumerable.Range(0, activities).Select(_ => context.CallActivityAsync<string>(nameof(SayHello), "Tokyo"));
        return (await Task.WhenAll(calls)).Length;
    }

    /// <summary>Timers that are in the way, until somebody says that it is enough.</summary>
    [Function(nameof(Crowd))]
    public static async Task Crowd([OrchestrationTrigger] TaskOrchestrationContext context, int timers)
    {
        using var over = new CancellationTokenSource();
        for (var i = 0; i < timers; i++)
        {
            _ = context.CreateTimer(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(i), over.Token);
        }

        await context.WaitForExternalEvent<bool>("Over");
        await over.CancelAsync();
    }

    /// <summary>Ends as soon as its timer has fired.</summary>
    [Function(nameof(Ring))]
    public static Task Ring([OrchestrationTrigger] TaskOrchestrationContext context, DateTime due) =>
        context.CreateTimer(due, CancellationToken.None);
}
