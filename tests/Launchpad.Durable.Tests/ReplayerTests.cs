using System.Text.RegularExpressions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging.Abstractions;

namespace Launchpad.Durable.Tests;

/// <summary>Histories read from the directory, as text, and replayed without an engine.</summary>
public sealed class ReplayerTests
{
    [Fact]
    public async Task Whatever_an_orchestration_went_through_can_be_written_down_and_replayed()
    {
        await using var engine = await Engine.StartAsync(e => Register(e), options => options with { InlinePayloadBytes = 100 });
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Everything", new string('x', 200));
        await engine.UntilAsync(id, state => state.ReadCustomStatusAs<string>() == "waiting");
        await engine.Client.SuspendInstanceAsync(id, "a pause");
        await engine.Client.RaiseEventAsync(id, "go", new string('y', 200));
        await engine.UntilAsync(id, state => state.RuntimeStatus is OrchestrationRuntimeStatus.Suspended);
        await engine.Client.ResumeInstanceAsync(id);
        var ended = await engine.EndAsync(id);
        Assert.Equal(OrchestrationRuntimeStatus.Completed, ended.RuntimeStatus);
        await engine.RunAsync("Broken");
        await engine.StopAsync();

        using var reader = new HistoryReader(engine.Directory);
        var instances = reader.Instances(new()).ToList();
        Assert.Equal(["Broken", "Child", "Everything"], instances.Select(instance => instance.Name).Order());
        foreach (var instance in instances)
        {
            var json = reader.Record(instance.InstanceId)!.ToJson();
            var history = RecordedHistory.Parse(json);
            Assert.Equal(json, history.ToJson());
            Assert.Null(Replayer().Replay(history));
        }

        Assert.Equal(ended.SerializedOutput, reader.Find(id)!.SerializedOutput);
        Assert.Null(reader.Record("unknown"));
        Assert.Empty(reader.Live());
    }

    [Fact]
    public async Task An_instance_that_waits_for_an_activity_which_is_gone_is_found()
    {
        await using var engine = await Engine.StartAsync(e => e
            .ActivityAsync<string, string>("Slow", async text =>
            {
                await Task.Delay(Timeout.Infinite);
                return text;
            })
            .Orchestrator("Run", context => context.CallActivityAsync<string>("Slow", "")));
        await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run");
        await engine.UntilAsync((await First(engine)).InstanceId, state => state.RuntimeStatus is OrchestrationRuntimeStatus.Running);

        using var reader = new HistoryReader(engine.Directory);
        var replayer = new Replayer(new() { Directory = engine.Directory }, NullLoggerFactory.Instance);
        replayer.AddOrchestrator("Run", async context => await context.CallActivityAsync<string>("Slow", ""));
        Assert.Equal("It waits for activity 'Slow' (task 0), which is not there any more.", replayer.Replay(Assert.Single(reader.Live())));
        replayer.AddActivity("slow");
        Assert.Null(replayer.Replay(Assert.Single(reader.Live())));
    }

    [Fact]
    public async Task Code_that_now_awaits_what_is_not_durable_is_found()
    {
        await using var engine = await Engine.StartAsync(e => e.Orchestrator("Run", context => context.WaitForExternalEvent<string>("go")));
        await engine.Client.WaitForInstanceStartAsync(await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run"));
        using var reader = new HistoryReader(engine.Directory);
        var replayer = new Replayer(new() { Directory = engine.Directory }, NullLoggerFactory.Instance);
        replayer.AddOrchestrator("Run", async context =>
        {
            await Task.Delay(50);
            return await context.WaitForExternalEvent<string>("go");
        });
        Assert.Contains(
            "it fails with System.InvalidOperationException: An invalid asynchronous invocation was detected.",
            replayer.Replay(Assert.Single(reader.Live())),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_story_says_what_happened_when_and_how_long_it_took()
    {
        await using var engine = await Engine.StartAsync(e => Register(e));
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Everything", "x", new StartOrchestrationOptions("it"));
        await engine.Client.RaiseEventAsync(id, "go", "y");
        await engine.EndAsync(id);
        var lines = Timeline.Of(await engine.Running.HistoryAsync(id, default));
        var words = lines.Select(line => Regex.Replace(line[25..], @"[0-9.]+ s$|\d{4}-.*", "…"));
        Assert.Equal(
            [
                "#0 activity Echo begins, 3 bytes",
                "#0 activity Echo done, 3 bytes, after …",
                "#1 timer fires, after …",
                "#1 timer set for …",
                "#2 child Child child begins, 3 bytes",
                "#2 child Child failed: System.ArgumentException: no, after …",
                "#3 event note is sent to it, 4 bytes",
                "completed",
                "event go comes, 3 bytes",
                "event note comes, 4 bytes",
                "started",
            ],
            words.Order(StringComparer.Ordinal));
        Assert.All(lines, line => DateTime.ParseExact(line[..23], "yyyy-MM-dd HH:mm:ss.fff", null));
    }

    private static Contract.EngineUnderTest Register(Engine engine) => engine
        .Activity<string, string>("Echo", text => text)
        .Orchestrator<string>("Child", _ => throw new ArgumentException("no"))
        .Orchestrator("Everything", EverythingAsync)
        .Orchestrator<string>("Broken", _ => throw new InvalidOperationException("broken"));

    private static Replayer Replayer()
    {
        var replayer = new Replayer(new() { Directory = "" }, NullLoggerFactory.Instance);
        replayer.AddActivity("Echo");
        replayer.AddOrchestrator("Child", _ => throw new ArgumentException("no"));
        replayer.AddOrchestrator("Everything", async context => await EverythingAsync(context));
        replayer.AddOrchestrator("Broken", _ => throw new InvalidOperationException("broken"));
        return replayer;
    }

    private static async Task<string> EverythingAsync(TaskOrchestrationContext context)
    {
        var echo = context.CallActivityAsync<string>("Echo", context.GetInput<string>());
        var timer = context.CreateTimer(TimeSpan.FromMilliseconds(1), CancellationToken.None);
        var child = context.CallSubOrchestratorAsync<string>("Child", "i", new SubOrchestrationOptions(instanceId: "child"));
        await Task.WhenAll(echo, timer, child.ContinueWith(_ => { }, TaskContinuationOptions.ExecuteSynchronously));
        context.SendEvent(context.InstanceId, "note", 1234);
        await context.WaitForExternalEvent<int>("note");
        context.SetCustomStatus("waiting");
        return await echo + await context.WaitForExternalEvent<string>("go") + context.NewGuid();
    }

    private static async Task<OrchestrationMetadata> First(Engine engine)
    {
        await foreach (var instance in engine.Client.GetAllInstancesAsync())
        {
            return instance;
        }

        throw new InvalidOperationException("There is none.");
    }
}
