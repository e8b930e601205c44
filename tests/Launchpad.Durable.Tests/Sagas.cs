using System.Text.Json;
using Microsoft.DurableTask;

namespace Launchpad.Durable.Tests;

/// <summary>What the processes run that are killed: orchestrations whose output is wrong if anything was lost, doubled or decided
/// differently at replay. Each effect leaves a line with its idempotency key in the file "effects".</summary>
internal static class Sagas
{
    public static readonly Dictionary<string, string> Outputs = new()
    {
        ["Journey"] = "\"True bcdef\"",
        ["HelloSequence5"] = "\"Tokyo Seattle London Amsterdam Berlin\"",
        ["Transfer"] = "\"-7 7\"",
        ["Alarm"] = "\"on time\"",
        ["Conversation"] = "\"one two\"",
        ["Letter"] = "4000",
    };

    private static readonly string[] Cities = ["Tokyo", "Seattle", "London", "Amsterdam", "Berlin"];

    public static void Register(DurableEngine engine, string directory)
    {
        engine.AddActivity("Step", (call, _) =>
        {
            lock (engine)
            {
                File.AppendAllText(Path.Combine(directory, "effects"), $"{call.Key} {call.InputJson}\n");
            }

            return Task.FromResult<object?>(JsonSerializer.Deserialize<string>(call.InputJson!));
        });
        engine.AddActivity("Echo", (call, _) => Task.FromResult<object?>(JsonSerializer.Deserialize<string>(call.InputJson!)));
        engine.AddActivity("Die", (_, _) =>
        {
            Posix.Exit(99);
            return Task.FromResult<object?>(null);
        });
        engine.AddOrchestrator("Leg", async context => await context.CallActivityAsync<string>("Step", context.GetInput<string>()));
        engine.AddOrchestrator("Journey", async context => await JourneyAsync(context));
        engine.AddOrchestrator("HelloSequence5", async context => await HelloAsync(context));
        engine.AddOrchestrator("Transfer", async context => await TransferAsync(context));
        engine.AddOrchestrator("Alarm", async context => await AlarmAsync(context));
        engine.AddOrchestrator("Conversation", async context => await ConversationAsync(context));
        engine.AddOrchestrator("Letter", async context => await LetterAsync(context));
        engine.AddOrchestrator("Die", async context => await context.CallActivityAsync<string>("Die"));
        engine.AddOrchestrator("DieInTurn", async context =>
        {
            await context.CreateTimer(TimeSpan.FromMilliseconds(1), CancellationToken.None);
            Posix.Exit(99);
            return null;
        });
    }

    private static async Task<string> JourneyAsync(TaskOrchestrationContext context)
    {
        var id = context.NewGuid().ToString();
        var first = await context.CallActivityAsync<string>("Step", id);
        await context.CreateTimer(TimeSpan.FromMilliseconds(5), CancellationToken.None);
        var leg = await context.CallSubOrchestratorAsync<string>("Leg", "b");
        var both = await Task.WhenAll(context.CallActivityAsync<string>("Step", "c"), context.CallActivityAsync<string>("Step", "d"));
        context.SetCustomStatus("half way");
        context.SendEvent(context.InstanceId, "note", "e");
        var note = await context.WaitForExternalEvent<string>("note");
        var last = await context.CallActivityAsync<string>("Step", "f");
        return $"{first == id} {leg}{both[0]}{both[1]}{note}{last}";
    }

    private static async Task<string> HelloAsync(TaskOrchestrationContext context)
    {
        var said = new List<string>();
        foreach (var city in Cities)
        {
            said.Add(await context.CallActivityAsync<string>("Echo", city));
        }

        return string.Join(' ', said);
    }

    /// <summary>Money leaves one account and arrives at another: over all effects, repeated ones counted once, the sum is zero.</summary>
    private static async Task<string> TransferAsync(TaskOrchestrationContext context)
    {
        var taken = await context.CallActivityAsync<string>("Step", "-7");
        await context.CreateTimer(TimeSpan.FromMilliseconds(2), CancellationToken.None);
        var given = await context.CallActivityAsync<string>("Step", "7");
        return $"{taken} {given}";
    }

    private static async Task<string> AlarmAsync(TaskOrchestrationContext context)
    {
        var due = context.CurrentUtcDateTime.AddMilliseconds(20);
        await context.CreateTimer(due, CancellationToken.None);
        return context.CurrentUtcDateTime >= due ? "on time" : "early";
    }

    private static async Task<string> ConversationAsync(TaskOrchestrationContext context)
    {
        var first = await context.WaitForExternalEvent<string>("said");
        var second = await context.WaitForExternalEvent<string>("said");
        return $"{first} {second}";
    }

    /// <summary>Longer than what is kept in the database.</summary>
    private static async Task<int> LetterAsync(TaskOrchestrationContext context)
    {
        var text = await context.CallActivityAsync<string>("Echo", context.GetInput<string>());
        await context.CreateTimer(TimeSpan.FromMilliseconds(1), CancellationToken.None);
        return (await context.CallActivityAsync<string>("Echo", $"{text}{text}")).Length;
    }
}
