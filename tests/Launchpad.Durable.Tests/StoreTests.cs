using DurableTask.Core;
using DurableTask.Core.Exceptions;
using DurableTask.Core.History;
using DurableTask.Core.Query;
using Newtonsoft.Json.Linq;

namespace Launchpad.Durable.Tests;

/// <summary>What clients of the store are promised.</summary>
public sealed class StoreTests
{
    [Fact]
    public async Task Of_many_starts_of_one_id_exactly_one_runs()
    {
        var runs = 0;
        await using var hub = await TestHub.StartAsync(worker => worker
            .Activity("Count", _ => Interlocked.Increment(ref runs))
            .Orchestrator("Run", async flow =>
            {
                await flow.Call<int>("Count");
                return await flow.Event("go");
            }));

        var starts = await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            try
            {
                return await hub.BeginAsync("Run", id: "one");
            }
            catch (OrchestrationAlreadyExistsException)
            {
                return null;
            }
        }));
        await hub.Client.RaiseEventAsync(Assert.Single(starts.OfType<OrchestrationInstance>()), "go", "");
        await hub.EndAsync("one");
        Assert.Equal(1, runs);
    }

    [Fact]
    public async Task An_id_that_has_ended_starts_again_unless_its_status_is_named()
    {
        await using var hub = await EchoAsync();
        await hub.RunAsync("Echo", "first", "again");
        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() => hub.Client.CreateOrchestrationInstanceAsync(
            "Echo", "", "again", "refused", null, [OrchestrationStatus.Completed]));
        var second = await hub.BeginAsync("Echo", "second", "again");
        await hub.UntilAsync("again", state => state.OrchestrationInstance.ExecutionId == second.ExecutionId
            && state.OrchestrationStatus is OrchestrationStatus.Completed);
        Assert.Equal("\"second\"", (await hub.Client.GetOrchestrationStateAsync(second)).Output);
        Assert.Single(hub.Service.History("again").OfType<ExecutionStartedEvent>());
    }

    [Fact]
    public async Task One_that_runs_is_replaced_when_its_starter_allows_it()
    {
        await using var hub = await EchoAsync();
        for (var i = 0; i < 20; i++)
        {
            await hub.Client.CreateOrchestrationInstanceAsync("Wait", "", "one", i, null, []);
        }

        await hub.Client.RaiseEventAsync(new() { InstanceId = "one" }, "go", "on");
        Assert.Equal("19", (await hub.EndAsync("one")).Input);
        await hub.AssertSoundAsync();
    }

    [Fact]
    public async Task Waiting_may_begin_before_there_is_anything_to_wait_for_and_gives_up_in_time()
    {
        await using var hub = await EchoAsync();
        var waiting = hub.EndAsync("later");
        Assert.Null(await hub.Service.WaitForOrchestrationAsync("later", null, TimeSpan.FromMilliseconds(50), CancellationToken.None));
        using var impatient = new CancellationTokenSource(50);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => hub.Service.WaitForOrchestrationAsync("later", null, Timeout.InfiniteTimeSpan, impatient.Token));
        await hub.BeginAsync("Echo", "x", "later");
        Assert.Equal("\"x\"", (await waiting).Output);
    }

    [Fact]
    public async Task Events_for_nobody_are_forgotten_and_hold_nothing_up()
    {
        await using var hub = await EchoAsync();
        await hub.Client.RaiseEventAsync(new() { InstanceId = "nobody" }, "go", 1);
        await hub.RunAsync("Echo", "x", "ended");
        await hub.Client.RaiseEventAsync(new() { InstanceId = "ended" }, "go", 1);
        await hub.RunAsync("Echo", "y");
        await TestHub.WaitUntil(() => Task.FromResult(Messages(hub) == 0));
        Assert.Null(await hub.Client.GetOrchestrationStateAsync("nobody"));
    }

    [Fact]
    public async Task Queries_filter_and_page()
    {
        await using var hub = await EchoAsync();
        await Task.WhenAll(Enumerable.Range(0, 25).Select(i => hub.RunAsync("Echo", i, $"done-{i:00}")));
        var middle = DateTime.UtcNow;
        await Task.WhenAll(Enumerable.Range(0, 5).Select(i => hub.BeginAsync("Wait", i, $"wait-{i}")));

        Assert.Equal(30, (await QueryAsync(hub, new())).Count);
        Assert.Equal(25, (await QueryAsync(hub, new() { InstanceIdPrefix = "done-" })).Count);
        Assert.Equal(25, (await QueryAsync(hub, new() { RuntimeStatus = [OrchestrationStatus.Completed], PageSize = 7 })).Count);
        Assert.Equal(5, (await QueryAsync(hub, new() { CreatedTimeFrom = middle })).Count);
        Assert.Equal(25, (await QueryAsync(hub, new() { CreatedTimeTo = middle })).Count);
        Assert.All(await QueryAsync(hub, new() { FetchInputsAndOutputs = false }), state => Assert.Null(state.Input));
        Assert.All(await QueryAsync(hub, new()), state => Assert.NotNull(state.Input));
    }

    [Fact]
    public async Task Purge_removes_what_has_ended_and_nothing_else()
    {
        await using var hub = await EchoAsync();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => hub.RunAsync("Echo", i, $"done-{i}")));
        await hub.BeginAsync("Wait", "", "waits");

        Assert.Equal(1, (await hub.Service.PurgeInstanceStateAsync("done-0")).DeletedInstanceCount);
        Assert.Equal(0, (await hub.Service.PurgeInstanceStateAsync("done-0")).DeletedInstanceCount);
        await Assert.ThrowsAsync<InvalidOperationException>(() => hub.Service.PurgeInstanceStateAsync("waits"));
        var some = await hub.Service.PurgeInstanceStateAsync(
            new PurgeInstanceFilter(default, null, null) { Timeout = TimeSpan.FromTicks(1) });
        Assert.False(some.IsComplete);
        var rest = await hub.Service.PurgeInstanceStateAsync(new PurgeInstanceFilter(default, null, [OrchestrationStatus.Completed]));
        Assert.Equal(49, some.DeletedInstanceCount + rest.DeletedInstanceCount);

        Assert.Equal("waits", Assert.Single(await QueryAsync(hub, new())).OrchestrationInstance.InstanceId);
        await hub.AssertSoundAsync();
    }

    [Fact]
    public async Task A_purge_gives_the_space_back()
    {
        await using var hub = await EchoAsync();
        var text = new string('x', 30_000);
        await Task.WhenAll(Enumerable.Range(0, 400).Select(_ => hub.RunAsync("Echo", text)));
        await hub.RestartAsync();
        var path = Storage.Store.Database(hub.Directory);
        var before = new FileInfo(path).Length;
        await hub.Service.PurgeInstanceStateAsync(new PurgeInstanceFilter(default, null, null));
        await hub.StopAsync();
        Assert.InRange(new FileInfo(path).Length, 0, before / 2);
    }

    [Fact]
    public async Task Version_tags_status_and_parentage_are_told_as_they_were_given()
    {
        await using var hub = await EchoAsync();
        var tags = new Dictionary<string, string> { ["who"] = "me", ["what"] = "ø" };
        var instance = await hub.Client.CreateOrchestrationInstanceAsync("Wait", "", "tagged", "in", tags);
        await hub.UntilAsync("tagged", state => state.OrchestrationStatus is OrchestrationStatus.Running);
        await hub.RestartAsync();
        await hub.Client.RaiseEventAsync(instance, "go", "on");
        var state = await hub.EndAsync(instance);
        Assert.Equal(tags, state.Tags);
        Assert.Equal(("Wait", "", "begun"), (state.Name, state.Version, state.Status));
        Assert.Equal(DateTimeKind.Utc, state.CreatedTime.Kind);
        Assert.InRange(state.CompletedTime, state.CreatedTime, state.LastUpdatedTime.AddSeconds(1));
    }

    [Fact]
    public async Task A_payload_beyond_the_limit_is_refused_before_anything_is_recorded_or_fails_its_instance_in_words()
    {
        await using var hub = await TestHub.StartAsync(
            worker => worker
                .Activity("Large", _ => new string('x', 5000))
                .Orchestrator("Call", async flow => await flow.Call<string>("Large"))
                .Orchestrator("Tell", _ => Task.FromResult<object?>(new string('x', 5000))),
            TestHub.NewOptions() with { MaxPayloadBytes = 4000 });

        await Assert.ThrowsAsync<ArgumentException>(() => hub.BeginAsync("Call", new string('x', 5000), "refused"));
        Assert.Null(await hub.Client.GetOrchestrationStateAsync("refused"));
        var activity = await hub.RunAsync("Call");
        Assert.Equal(OrchestrationStatus.Failed, activity.OrchestrationStatus);
        Assert.Contains("the limit is 4000", activity.Output, StringComparison.Ordinal);
        var turn = await hub.RunAsync("Tell");
        Assert.Equal(OrchestrationStatus.Failed, turn.OrchestrationStatus);
        Assert.Contains("the limit is 4000", turn.Output, StringComparison.Ordinal);
        await hub.AssertSoundAsync();
    }

    [Fact]
    public async Task A_history_is_told_as_json_as_rows_and_as_a_record_that_can_be_read_back()
    {
        await using var hub = await TestHub.StartAsync(worker => worker
            .Activity("Fail", object? (_) => throw new TimeoutException("late"))
            .Activity("Say", input => input)
            .Orchestrator("Run", async flow =>
            {
                await flow.Context.CreateTimer(flow.Context.CurrentUtcDateTime, "");
                try
                {
                    await flow.Call<string>("Fail");
                }
                catch (TaskFailedException)
                {
                }

                return await flow.Call<string>("Say", "hello");
            }));

        await hub.RunAsync("Run", "in", "told");
        Assert.Equal(
            hub.Service.History("told").Count, JArray.Parse(await hub.Service.GetOrchestrationHistoryAsync("told", null)).Count);
        using var reader = new HistoryReader(hub.Directory);
        var record = reader.Record("told")!;
        Assert.Equal(record.ToJson(), RecordedHistory.Parse(record.ToJson()).ToJson());
        Assert.Equal(record.Events.Select(e => e.GetType()), RecordedHistory.Parse(record.ToJson()).Events.Select(e => e.GetType()));
        var timeline = Timeline.Of(reader.History("told"));
        Assert.Contains(timeline, line => line.Contains("activity Say done, 7 bytes, after", StringComparison.Ordinal));
        Assert.Contains(timeline, line => line.Contains("activity Fail failed: System.TimeoutException: late", StringComparison.Ordinal));
        Assert.Contains(timeline, line => line.Contains("timer fires", StringComparison.Ordinal));
        Assert.EndsWith("Completed, 7 bytes", timeline[^1], StringComparison.Ordinal);
        Assert.Equal("told", Assert.Single(reader.Instances(new())).InstanceId);
    }

    private static Task<TestHub> EchoAsync() => TestHub.StartAsync(worker => worker
        .Orchestrator("Echo", flow => Task.FromResult<object?>(flow.Input<object>()))
        .Orchestrator("Wait", async flow => await flow.Event("go")));

    private static long Messages(TestHub hub)
    {
        using var reader = new Storage.Reader(Storage.Store.Database(hub.Directory));
        return reader.Scalar("SELECT count(*) FROM messages");
    }

    private static async Task<List<OrchestrationState>> QueryAsync(TestHub hub, OrchestrationQuery query)
    {
        var all = new List<OrchestrationState>();
        do
        {
            var page = await hub.Service.GetOrchestrationWithQueryAsync(query, CancellationToken.None);
            all.AddRange(page.OrchestrationState);
            query.ContinuationToken = page.ContinuationToken;
        }
        while (query.ContinuationToken is not null);
        return all;
    }
}
