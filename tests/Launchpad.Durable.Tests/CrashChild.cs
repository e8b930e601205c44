using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging.Abstractions;

namespace Launchpad.Durable.Tests;

/// <summary>The process that the crash tests kill. It says on standard output what it was told is durable.</summary>
internal static class CrashChild
{
    public static async Task<int> RunAsync(string[] args)
    {
        var (mode, directory) = (args[0], args[1]);
        await using var engine = new DurableEngine(
            new()
            {
                Directory = directory,
                StopAfterEvent = args.ElementAtOrDefault(2),
                MaxCrashes = mode == "poison" ? 3 : int.MaxValue,
                DrainTimeout = TimeSpan.Zero,
            },
            TimeProvider.System,
            NullLoggerFactory.Instance);
        Register(engine, directory);
        try
        {
            await engine.StartAsync(CancellationToken.None);
        }
        catch (InvalidOperationException refused)
        {
            Console.WriteLine($"refused {refused.Message}");
            return 3;
        }

        Console.WriteLine("ready");
        await (mode switch
        {
            "journey" => JourneyAsync(engine.Client),
            "load" => LoadAsync(engine.Client),
            "finish" => FinishAsync(engine.Client),
            "poison" => PoisonAsync(engine.Client),
            _ => Task.Delay(Timeout.Infinite),
        });
        return 0;
    }

    private static void Register(DurableEngine engine, string directory)
    {
        engine.AddActivity("Step", (call, _) =>
        {
            lock (engine)
            {
                File.AppendAllText(Path.Combine(directory, "effects"), $"{call.Key}\n");
            }

            return Task.FromResult<object?>(System.Text.Json.JsonSerializer.Deserialize<string>(call.InputJson!));
        });
        engine.AddActivity("Die", (_, _) =>
        {
            Posix.Exit(99);
            return Task.FromResult<object?>(null);
        });
        engine.AddOrchestrator("Leg", async context => await context.CallActivityAsync<string>("Step", context.GetInput<string>()));
        engine.AddOrchestrator("Journey", async context => await JourneyAsync(context));
        engine.AddOrchestrator("Die", async context => await context.CallActivityAsync<string>("Die"));
        engine.AddOrchestrator("DieInTurn", async context =>
        {
            await context.CreateTimer(TimeSpan.FromMilliseconds(1), CancellationToken.None);
            Posix.Exit(99);
            return null;
        });
    }

    /// <summary>A bit of everything, with an output that is wrong if anything was lost, doubled or decided differently at replay.</summary>
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

    private static async Task JourneyAsync(DurableTaskClient client)
    {
        if (await client.GetInstanceAsync("journey") is null)
        {
            await client.ScheduleNewOrchestrationInstanceAsync("Journey", new StartOrchestrationOptions("journey"));
        }

        var state = await client.WaitForInstanceCompletionAsync("journey", getInputsAndOutputs: true);
        Console.WriteLine($"end {state.RuntimeStatus} {state.SerializedOutput}");
    }

    private static async Task LoadAsync(DurableTaskClient client)
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            while (true)
            {
                var id = await client.ScheduleNewOrchestrationInstanceAsync("Journey");
                Console.WriteLine($"ack {id}");
                await client.RaiseEventAsync(id, "note", "e");
            }
        }));
    }

    private static async Task FinishAsync(DurableTaskClient client)
    {
        await foreach (var found in client.GetAllInstancesAsync())
        {
            var state = await client.WaitForInstanceCompletionAsync(found.InstanceId, getInputsAndOutputs: true);
            Console.WriteLine($"end {state.Name} {state.InstanceId} {state.RuntimeStatus} {state.SerializedOutput}");
        }
    }

    private static async Task PoisonAsync(DurableTaskClient client)
    {
        foreach (var name in new[] { "Journey", "Die", "DieInTurn" })
        {
            if (await client.GetInstanceAsync(name) is null)
            {
                await client.ScheduleNewOrchestrationInstanceAsync(name, new StartOrchestrationOptions(name));
            }
        }

        foreach (var name in new[] { "Journey", "Die", "DieInTurn" })
        {
            var state = await client.WaitForInstanceCompletionAsync(name, getInputsAndOutputs: true);
            var cause = state.FailureDetails?.InnerFailure ?? state.FailureDetails;
            Console.WriteLine($"end {name} {state.RuntimeStatus} {cause?.ErrorType}");
        }
    }
}
