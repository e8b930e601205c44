using DurableTask.Core;

namespace Launchpad.Durable.Tests;

/// <summary>What the processes run that are killed: orchestrations whose output is wrong if anything was lost, doubled or decided
/// differently at replay. Each effect leaves a line with its idempotency key in the file "effects".</summary>
internal static class Sagas
{
    public static readonly Dictionary<string, string> Outputs = new()
    {
        ["Journey"] = "\"bcdef\"",
        ["HelloSequence5"] = "\"Tokyo Seattle London Amsterdam Berlin\"",
        ["Transfer"] = "\"-7 7\"",
        ["Alarm"] = "\"on time\"",
        ["Conversation"] = "\"one two\"",
        ["Letter"] = "4000",
        ["Relay"] = "3",
    };

    private static readonly string[] Cities = ["Tokyo", "Seattle", "London", "Amsterdam", "Berlin"];
    private static readonly Lock Gate = new();

    public static void Register(TaskHubWorker worker, string directory) => worker
        .Activity("Step", (context, input) =>
        {
            lock (Gate)
            {
                var key = $"{context.OrchestrationInstance.InstanceId}:{context.OrchestrationInstance.ExecutionId}:{context.TaskId}";
                File.AppendAllText(Path.Combine(directory, "effects"), $"{key} {input}\n");
            }

            return Task.FromResult<object?>(input);
        })
        .Activity("Echo", input => input)
        .Orchestrator("Leg", async flow => await flow.Call<string>("Step", flow.Input<string>()!))
        .Orchestrator("Journey", JourneyAsync)
        .Orchestrator("HelloSequence5", HelloAsync)
        .Orchestrator("Transfer", TransferAsync)
        .Orchestrator("Alarm", AlarmAsync)
        .Orchestrator("Conversation", ConversationAsync)
        .Orchestrator("Letter", LetterAsync)
        .Orchestrator("Relay", RelayAsync);

    private static async Task<object?> JourneyAsync(Flow flow)
    {
        await flow.Call<string>("Step", "a");
        await flow.Context.CreateTimer(flow.Context.CurrentUtcDateTime.AddMilliseconds(5), "");
        var leg = await flow.Context.CreateSubOrchestrationInstance<string>("Leg", "", "b");
        var both = await Task.WhenAll(flow.Call<string>("Step", "c"), flow.Call<string>("Step", "d"));
        flow.Context.SendEvent(flow.Context.OrchestrationInstance, "note", "e");
        var note = Text(await flow.Event("note"));
        return $"{leg}{both[0]}{both[1]}{note}{await flow.Call<string>("Step", "f")}";
    }

    private static async Task<object?> HelloAsync(Flow flow)
    {
        var said = new List<string>();
        foreach (var city in Cities)
        {
            said.Add(await flow.Call<string>("Echo", city));
        }

        return string.Join(' ', said);
    }

    /// <summary>Money leaves one account and arrives at another: over all effects, repeated ones counted once, the sum is zero.</summary>
    private static async Task<object?> TransferAsync(Flow flow)
    {
        var taken = await flow.Call<string>("Step", "-7");
        await flow.Context.CreateTimer(flow.Context.CurrentUtcDateTime.AddMilliseconds(2), "");
        var given = await flow.Call<string>("Step", "7");
        return $"{taken} {given}";
    }

    private static async Task<object?> AlarmAsync(Flow flow)
    {
        var due = flow.Context.CurrentUtcDateTime.AddMilliseconds(20);
        await flow.Context.CreateTimer(due, "");
        return flow.Context.CurrentUtcDateTime >= due ? "on time" : "early";
    }

    private static async Task<object?> ConversationAsync(Flow flow)
    {
        var first = Text(await flow.Event("said"));
        var second = Text(await flow.Event("said"));
        return $"{first} {second}";
    }

    private static async Task<object?> LetterAsync(Flow flow)
    {
        var text = await flow.Call<string>("Echo", flow.Input<string>()!);
        await flow.Context.CreateTimer(flow.Context.CurrentUtcDateTime.AddMilliseconds(1), "");
        return (await flow.Call<string>("Echo", $"{text}{text}")).Length;
    }

    /// <summary>Hands itself on three times.</summary>
    private static async Task<object?> RelayAsync(Flow flow)
    {
        var leg = int.TryParse(flow.Input<string>(), out var number) ? number : 0;
        await flow.Call<string>("Echo", "on");
        if (leg < 3)
        {
            flow.Context.ContinueAsNew($"{leg + 1}");
        }

        return leg;
    }

    private static string Text(string json) => Newtonsoft.Json.Linq.JToken.Parse(json).ToString();
}
