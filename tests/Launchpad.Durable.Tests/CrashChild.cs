using System.Runtime.InteropServices;
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
        if (mode == "faults")
        {
            return await FaultChild.RunAsync(directory, args[2]);
        }

        await using var engine = new DurableEngine(
            new()
            {
                Directory = directory,
                StopAfterEvent = mode == "journey" ? args.ElementAtOrDefault(2) : null,
                MaxCrashes = mode == "poison" ? 3 : int.MaxValue,
                DrainTimeout = mode == "drain" ? TimeSpan.FromSeconds(10) : TimeSpan.Zero,
                InlinePayloadBytes = 1024,
            },
            TimeProvider.System,
            NullLoggerFactory.Instance);
        Sagas.Register(engine, directory);
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
            "drain" => DrainAsync(engine),
            "finish" => FinishAsync(engine.Client, args[2]),
            "purge" => PurgeAsync(engine.Client),
            "poison" => PoisonAsync(engine.Client),
            "disk" => FaultChild.LoseTheDiskAsync(engine, directory),
            _ => Task.Delay(Timeout.Infinite),
        });
        return 0;
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

    private static Task LoadAsync(DurableTaskClient client) =>
        Task.WhenAll(Sagas.Outputs.Keys.Select(name => Task.Run(() => LoadAsync(client, name))));

    /// <summary>Starts one after the other, and says of each what was acknowledged: start, events, completion.</summary>
    private static async Task LoadAsync(DurableTaskClient client, string name)
    {
        while (true)
        {
            var input = name == "Letter" ? new string('x', 2000) : null;
            var id = await client.ScheduleNewOrchestrationInstanceAsync(name, input);
            Console.WriteLine($"ack start {id} {name}");
            foreach (var word in name == "Conversation" ? ["one", "two"] : Array.Empty<string>())
            {
                await client.RaiseEventAsync(id, "said", word);
                Console.WriteLine($"ack event {id} {word}");
            }

            var state = await client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true);
            Console.WriteLine($"ack end {id} {state.RuntimeStatus} {state.SerializedOutput}");
        }
    }

    private static async Task DrainAsync(DurableEngine engine)
    {
        var asked = new TaskCompletionSource();
        using var signal = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            asked.TrySetResult();
        });
        _ = LoadAsync(engine.Client);
        await asked.Task;
        await engine.StopAsync(CancellationToken.None);
        Console.WriteLine("drained");
    }

    /// <summary>Says what everything came to. Only a conversation may still be waiting, and none of those that the file names.</summary>
    private static async Task FinishAsync(DurableTaskClient client, string file)
    {
        var over = (await File.ReadAllLinesAsync(file)).ToHashSet();
        await foreach (var found in client.GetAllInstancesAsync())
        {
            if (found.Name == "Conversation" && !over.Contains(found.InstanceId))
            {
                Console.WriteLine($"talk {found.Name} {found.InstanceId}");
                continue;
            }

            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            var state = await client.WaitForInstanceCompletionAsync(found.InstanceId, getInputsAndOutputs: true, patience.Token);
            Console.WriteLine($"end {state.Name} {state.InstanceId} {state.RuntimeStatus} {state.SerializedOutput}");
        }
    }

    /// <summary>Ends some with payloads in files, says so, and removes them.</summary>
    private static async Task PurgeAsync(DurableTaskClient client)
    {
        await Task.WhenAll(Enumerable.Range(0, 300).Select(async _ =>
            await client.WaitForInstanceCompletionAsync(
                await client.ScheduleNewOrchestrationInstanceAsync("Letter", new string('x', 2000)))));
        Console.WriteLine("purging");
        var result = await client.PurgeAllInstancesAsync(new PurgeInstancesFilter());
        Console.WriteLine($"purged {result.PurgedInstanceCount}");
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
