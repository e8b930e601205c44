using Launchpad.Durable.Contract.App;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;
using static Microsoft.DurableTask.Client.OrchestrationRuntimeStatus;

namespace Launchpad.Durable.Contract;

/// <summary>What was answered before kill -9 is there after it: exactly that.</summary>
public abstract class RestartContract(Hub hub) : ContractSuite(hub)
{
    [Function(nameof(Survive))]
    public static async Task<string[]> Survive([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var own = $"{context.NewGuid()} at {context.CurrentUtcDateTime:o}";
        var echoed = await context.CallActivityAsync<string>(nameof(ActivityContract.EchoText), context.GetInput<string>());
        var count = await context.CallActivityAsync<int>(nameof(StartContract.CountUp), context.InstanceId);
        context.SetCustomStatus(own);
        var first = await context.WaitForExternalEvent<string>("word");
        return [own, $"{echoed.Length} {count}", first, await context.WaitForExternalEvent<string>("word")];
    }

    [Function(nameof(Drift))]
    public static async Task<string> Drift([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        // The first time an activity, the second time another one: as when code was changed under an instance that runs.
        var activity = Journal.Next(context.InstanceId) == 1 ? nameof(ActivityContract.EchoText) : nameof(ActivityContract.SayHello);
        await context.CallActivityAsync<string>(activity, "x");
        context.SetCustomStatus("drifting");
        return await context.WaitForExternalEvent<string>("go");
    }

    [Function(nameof(Nap))]
    public static async Task<string> Nap([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        context.SetCustomStatus("asleep");
        await context.CreateTimer(TimeSpan.FromSeconds(2), CancellationToken.None);
        return "awake";
    }

    [Fact]
    public async Task What_was_accepted_before_a_kill_is_there_after_it()
    {
        var text = new string('é', 200_000);
        var entity = new EntityInstanceId(nameof(Counter), Id());
        await Client.Entities.SignalEntityAsync(entity, "Add", 7);
        await Task.WhenAll(
            StartAsync(nameof(Survive), text, new(Id("survive"))),
            StartAsync(nameof(Drift), null, new(Id("drift"))),
            StartAsync(nameof(Nap), null, new(Id("nap"))),
            StartAsync(nameof(StartContract.Quick), "in", new(Id("scheduled"), DateTimeOffset.UtcNow.AddSeconds(3))),
            StartAsync(nameof(ChildContract.Park), null, new(Id("suspended"))),
            StartAsync(nameof(ChildContract.Park), null, new(Id("terminated"))),
            RunAsync(nameof(StartContract.Quick), "done", new(Id("done"))),
            RunAsync(nameof(StartContract.Quick), "", new(Id("purged"))));
        var own = (await UntilAsync(Id("survive"), state => state.SerializedCustomStatus is { Length: > 4 })).ReadCustomStatusAs<string>()!;
        await UntilSaysAsync(Id("drift"), "drifting");
        await UntilSaysAsync(Id("nap"), "asleep");
        // Azure Storage forgets what is said to an instance whose start it has put off.
        await UntilAsync(Id("suspended"), Running);
        await UntilAsync(Id("terminated"), Running);
        await Client.SuspendInstanceAsync(Id("suspended"));
        await UntilAsync(Id("suspended"), Suspended);
        await Client.TerminateInstanceAsync(Id("terminated"), "because");
        await Client.PurgeInstanceAsync(Id("purged"));
        await Client.RaiseEventAsync(Id("survive"), "word", "before");

        await Hub.RestartAsync();

        Assert.Null(await Client.GetInstanceAsync(Id("purged")));
        Assert.Equal("done", (await Client.GetInstanceAsync(Id("done"), getInputsAndOutputs: true))!.ReadOutputAs<string>());
        Assert.Equal(Suspended, (await Client.GetInstanceAsync(Id("suspended")))!.RuntimeStatus);
        await Client.RaiseEventAsync(Id("suspended"), "go", "on");
        await Client.ResumeInstanceAsync(Id("suspended"));
        await Client.RaiseEventAsync(Id("survive"), "word", "after");
        await Client.RaiseEventAsync(Id("drift"), "go", "");

        var survived = (await EndAsync(Id("survive"))).ReadOutputAs<string[]>()!;
        Assert.Equal([own, "200000 1"], survived[..2]);
        // On Azure Storage what the dead host had taken from the queue comes back behind what was raised meanwhile.
        Assert.Equal(["after", "before"], survived[2..].Order());
        Assert.Equal("awake", (await EndAsync(Id("nap"))).ReadOutputAs<string>());
        Assert.Equal("in", (await EndAsync(Id("scheduled"))).ReadOutputAs<string>());
        Assert.Equal("on", (await EndAsync(Id("suspended"))).ReadOutputAs<string>());
        Assert.Equal("because", (await EndAsync(Id("terminated"))).ReadOutputAs<string>());
        Assert.Equal(7, (await Client.Entities.GetEntityAsync<int>(entity))!.State);

        var drifted = await EndAsync(Id("drift"));
        Assert.Contains("Non-Deterministic workflow detected", Failure(drifted), StringComparison.Ordinal);
    }
}
