using DurableTask.Core;
using DurableTask.Core.Query;

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

        var options = TestHub.NewOptions(directory) with
        {
            StopAfterEvent = mode == "journey" ? args.ElementAtOrDefault(2) : null,
            ExtendedSessionIdle = Environment.ProcessId % 2 == 0 ? TimeSpan.FromSeconds(1) : null,
            ExitOnLogFailure = true,
        };
        TestHub hub;
        try
        {
            hub = await TestHub.StartAsync(worker => Sagas.Register(worker, directory), options);
        }
        catch (InvalidOperationException refused)
        {
            Console.WriteLine($"refused {refused.Message}");
            return 3;
        }

        Console.WriteLine("ready");
        await (mode switch
        {
            "journey" => JourneyAsync(hub),
            "load" => Task.WhenAll(Sagas.Outputs.Keys.Select(name => Task.Run(() => LoadAsync(hub, name)))),
            "finish" => FinishAsync(hub, args[2]),
            "purge" => PurgeAsync(hub),
            "disk" => FaultChild.LoseTheDiskAsync(hub),
            _ => Task.Delay(Timeout.Infinite),
        });
        await hub.StopAsync();
        return 0;
    }

    private static async Task JourneyAsync(TestHub hub)
    {
        if (await hub.Client.GetOrchestrationStateAsync("journey") is null)
        {
            await hub.BeginAsync("Journey", id: "journey");
        }

        var state = await hub.EndAsync("journey");
        Console.WriteLine($"end {state.OrchestrationStatus} {state.Output}");
    }

    /// <summary>Starts one after the other, and says of each what was acknowledged: start, events, completion.</summary>
    private static async Task LoadAsync(TestHub hub, string name)
    {
        while (true)
        {
            var instance = await hub.BeginAsync(name, name == "Letter" ? new string('x', 2000) : null);
            Console.WriteLine($"ack start {instance.InstanceId} {name}");
            foreach (var word in name == "Conversation" ? ["one", "two"] : Array.Empty<string>())
            {
                await hub.Client.RaiseEventAsync(instance, "said", word);
                Console.WriteLine($"ack event {instance.InstanceId} {word}");
            }

            var state = await hub.EndAsync(instance);
            Console.WriteLine($"ack end {instance.InstanceId} {state.OrchestrationStatus}");
        }
    }

    /// <summary>Says what everything came to. Only a conversation may still be waiting, and none of those that the file names.</summary>
    private static async Task FinishAsync(TestHub hub, string file)
    {
        var over = (await File.ReadAllLinesAsync(file)).ToHashSet();
        var query = new OrchestrationQuery();
        do
        {
            var page = await hub.Service.GetOrchestrationWithQueryAsync(query, CancellationToken.None);
            foreach (var found in page.OrchestrationState)
            {
                await FinishAsync(hub, found, over);
            }

            query.ContinuationToken = page.ContinuationToken;
        }
        while (query.ContinuationToken is not null);
    }

    private static async Task FinishAsync(TestHub hub, OrchestrationState found, HashSet<string> over)
    {
        var id = found.OrchestrationInstance.InstanceId;
        if (found.Name == "Conversation" && !over.Contains(id))
        {
            Console.WriteLine($"talk {found.Name} {id}");
            return;
        }

        var state = await hub.EndAsync(id);
        Console.WriteLine($"end {state.Name} {id} {state.OrchestrationStatus} {state.Output}");
    }

    private static async Task PurgeAsync(TestHub hub)
    {
        await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => hub.RunAsync("Letter", new string('x', 2000))));
        Console.WriteLine("purging");
        var result = await hub.Service.PurgeInstanceStateAsync(new PurgeInstanceFilter(default, null, null));
        Console.WriteLine($"purged {result.DeletedInstanceCount}");
    }
}
