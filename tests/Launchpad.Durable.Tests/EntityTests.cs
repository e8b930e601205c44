using DurableTask.Core;
using DurableTask.Core.Entities;
using DurableTask.Core.Entities.OperationFormat;
using Newtonsoft.Json.Linq;

namespace Launchpad.Durable.Tests;

public sealed class EntityTests
{
    [Fact]
    public async Task An_entity_begins_with_its_first_signal_and_keeps_its_state_over_a_restart()
    {
        await using var hub = await StartAsync();
        for (var i = 0; i < 50; i++)
        {
            await SignalAsync(hub, "one", "add", "2");
        }

        await UntilAsync(hub, "one", "100");
        await hub.RestartAsync();
        await SignalAsync(hub, "one", "add", "1");
        await UntilAsync(hub, "one", "101");
        await hub.AssertSoundAsync();
    }

    [Fact]
    public async Task An_orchestration_calls_an_entity_and_holds_it_alone()
    {
        await using var hub = await StartAsync();
        var all = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => hub.RunAsync("AddTwice", "both")));
        Assert.All(all, state => Assert.Equal(OrchestrationStatus.Completed, state.OrchestrationStatus));

        // Alone: between the two calls of one nobody else came in.
        var pairs = all.Select(state => JArray.Parse(state.Output)).Select(pair => ((int)pair[0], (int)pair[1])).ToList();
        Assert.All(pairs, pair => Assert.Equal(pair.Item1 + 1, pair.Item2));
        await UntilAsync(hub, "both", "20");
        // The release is sent with the orchestration's end, and read after it.
        await TestHub.WaitUntil(async () => (await GetAsync(hub, "both"))!.Value.LockedBy is null);
    }

    [Fact]
    public async Task A_delayed_signal_comes_in_its_time_even_over_a_restart()
    {
        var time = new ManualTime();
        await using var hub = await StartAsync(options => options with { Time = time });
        var due = DateTime.UtcNow.AddMilliseconds(300);
        await SignalAsync(hub, "late", "add", "5", due);
        await hub.RestartAsync();
        Assert.Null(await GetAsync(hub, "late"));
        await Task.Delay(400);
        time.Advance(due.AddSeconds(1) - time.GetUtcNow().UtcDateTime);
        await UntilAsync(hub, "late", "5");
    }

    [Fact]
    public async Task Queries_find_entities_by_name_and_cleaning_removes_the_empty_ones()
    {
        await using var hub = await StartAsync();
        for (var i = 0; i < 5; i++)
        {
            await SignalAsync(hub, $"key-{i}", "add", "1");
        }

        await hub.RunAsync("Nothing");
        await SignalAsync(hub, "key-0", "delete", null);
        await TestHub.WaitUntil(async () => await CountAsync(hub, false) == 4);
        Assert.Equal(5, await CountAsync(hub, true));
        var cleaned = await hub.Service.EntityBackendQueries.CleanEntityStorageAsync(
            new() { RemoveEmptyEntities = true, ReleaseOrphanedLocks = true });
        Assert.Equal(1, cleaned.EmptyEntitiesRemoved);
        Assert.Equal(4, await CountAsync(hub, true));

        await SignalAsync(hub, "key-0", "add", "7");
        await UntilAsync(hub, "key-0", "7");
    }

    private static async Task<int> CountAsync(TestHub hub, bool transient)
    {
        var found = await hub.Service.EntityBackendQueries.QueryEntitiesAsync(
            new() { InstanceIdStartsWith = "@counter@", IncludeState = true, IncludeTransient = transient }, CancellationToken.None);
        return found.Results.Count();
    }

    private static async Task<EntityBackendQueries.EntityMetadata?> GetAsync(TestHub hub, string key) =>
        await hub.Service.EntityBackendQueries.GetEntityAsync(new("counter", key), includeState: true);

    private static Task UntilAsync(TestHub hub, string key, string state) =>
        TestHub.WaitUntil(async () => (await GetAsync(hub, key))?.SerializedState == state);

    private static Task SignalAsync(TestHub hub, string key, string operation, string? input, DateTime? due = null) =>
        hub.Service.SendTaskOrchestrationMessageAsync(ClientEntityHelpers.EmitOperationSignal(
            new() { InstanceId = new EntityId("counter", key).ToString() },
            Guid.NewGuid(),
            operation,
            input,
            due is { } time ? (time, time) : null).AsTaskMessage());

    private static Task<TestHub> StartAsync(Func<SqliteStoreOptions, SqliteStoreOptions>? options = null) =>
        TestHub.StartAsync(
            worker => worker
                .Entity("counter", Count)
                .Orchestrator("Nothing", _ => Task.FromResult<object?>(null))
                .Orchestrator("AddTwice", AddTwiceAsync),
            TimeSpan.FromSeconds(1),
            options);

    private static (string? State, string? Result) Count(string? state, OperationRequest request)
    {
        if (request.Operation == "delete")
        {
            return (null, null);
        }

        var sum = $"{int.Parse(state ?? "0") + int.Parse(request.Input!)}";
        return (sum, sum);
    }

    private static void Send(Flow flow, EntityMessageEvent message) =>
        flow.Context.SendEvent(message.TargetInstance, message.EventName, message.AsRawInput());

    /// <summary>The same at every replay.</summary>
    private static Guid Id(Flow flow, byte number) =>
        new([.. Guid.Parse(flow.Context.OrchestrationInstance.InstanceId).ToByteArray()[1..], number]);

    private static async Task<object?> AddTwiceAsync(Flow flow)
    {
        var entities = new OrchestrationEntityContext(
            flow.Context.OrchestrationInstance.InstanceId, flow.Context.OrchestrationInstance.ExecutionId, flow.Context);
        var target = new OrchestrationInstance { InstanceId = new EntityId("counter", flow.Input<string>()!).ToString() };
        var section = Id(flow, 0);
        var acquire = entities.EmitAcquireMessage(section, [EntityId.FromString(target.InstanceId)]);
        Send(flow, acquire);
        entities.CompleteAcquire(entities.DeserializeEntityResponseEvent(await flow.Event(section.ToString())), section);
        var answers = new List<int>();
        for (var i = 0; i < 2; i++)
        {
            var id = Id(flow, (byte)(i + 1));
            var call = entities.EmitRequestMessage(target, "add", false, id, null, "1");
            Send(flow, call);
            answers.Add(int.Parse(entities.DeserializeEntityResponseEvent(await flow.Event(id.ToString())).Result!));
            entities.RecoverLockAfterCall(target.InstanceId);
        }

        foreach (var release in entities.EmitLockReleaseMessages())
        {
            Send(flow, release);
        }

        return answers;
    }
}
