using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using static Microsoft.DurableTask.Client.OrchestrationRuntimeStatus;

namespace Launchpad.Durable.Contract;

public abstract class LifecycleContract(Func<EngineSettings, EngineUnderTest> create) : ContractSuite(create)
{
    private static EngineUnderTest Parked(EngineUnderTest e) => e
        .Orchestrator("Park", context => context.WaitForExternalEvent<string>("go"))
        .Orchestrator("Quick", context => Task.FromResult(context.GetInput<string>()))
        .Orchestrator("Parent", context =>
            context.CallSubOrchestratorAsync<string>("Park", null, new SubOrchestrationOptions(instanceId: "child")));

    [Fact]
    public async Task Of_many_starts_of_one_id_exactly_one_runs()
    {
        var runs = 0;
        await using var engine = await StartAsync(e => e
            .Activity<string, int>("Count", _ => Interlocked.Increment(ref runs))
            .Orchestrator("Run", async context =>
                await context.CallActivityAsync<int>("Count", "") + await context.WaitForExternalEvent<int>("go")));

        var starts = Enumerable.Range(0, 50).Select(async _ =>
        {
            try
            {
                await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run", new StartOrchestrationOptions("one"));
                return 1;
            }
            catch (OrchestrationAlreadyExistsException)
            {
                return 0;
            }
        });

        Assert.Equal(1, (await Task.WhenAll(starts)).Sum());
        await engine.Client.RaiseEventAsync("one", "go", 1);
        Assert.Equal(2, (await engine.EndAsync("one")).ReadOutputAs<int>());
    }

    [Fact]
    public async Task An_id_that_has_ended_starts_again_unless_its_status_is_named()
    {
        await using var engine = await StartAsync(e => Parked(e));
        await engine.RunAsync("Quick", "first", new("again"));
        Assert.Equal("second", (await engine.RunAsync("Quick", "second", new("again"))).ReadOutputAs<string>());

        var once = new StartOrchestrationOptions("again").WithDedupeStatuses(Completed, Failed, Terminated, Pending, Running, Suspended);
        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() =>
            engine.Client.ScheduleNewOrchestrationInstanceAsync("Quick", "third", once));
        Assert.Equal("second", (await engine.Client.GetInstanceAsync("again", true))!.ReadOutputAs<string>());
    }

    [Fact]
    public async Task One_that_runs_is_ended_first_when_its_starter_allows_it()
    {
        await using var engine = await StartAsync(e => Parked(e));
        await engine.Client.ScheduleNewOrchestrationInstanceAsync("Park", new StartOrchestrationOptions("id"));
        var state = await engine.RunAsync("Quick", "new", new StartOrchestrationOptions("id").WithDedupeStatuses());
        Assert.Equal(("Quick", "new"), (state.Name, state.ReadOutputAs<string>()));
    }

    [Fact]
    public async Task Terminate_ends_one_that_runs_one_that_is_suspended_and_one_that_has_not_begun()
    {
        await using var engine = await StartAsync(e => Parked(e));
        await engine.Client.ScheduleNewOrchestrationInstanceAsync("Park", new StartOrchestrationOptions("running"));
        await engine.Client.ScheduleNewOrchestrationInstanceAsync("Park", new StartOrchestrationOptions("suspended"));
        await engine.Client.ScheduleNewOrchestrationInstanceAsync(
            "Park", new StartOrchestrationOptions("pending", DateTimeOffset.UtcNow.AddDays(1)));
        await engine.Client.SuspendInstanceAsync("suspended");
        await engine.UntilAsync("suspended", state => state.RuntimeStatus is Suspended);
        foreach (var id in new[] { "running", "suspended", "pending" })
        {
            await engine.Client.TerminateInstanceAsync(id, "because");
            var state = await engine.EndAsync(id);
            Assert.Equal((Terminated, "because"), (state.RuntimeStatus, state.ReadOutputAs<string>()));
            await Assert.ThrowsAsync<InvalidOperationException>(() => engine.Client.TerminateInstanceAsync(id));
        }

        await Assert.ThrowsAsync<ArgumentException>(() => engine.Client.TerminateInstanceAsync("unknown"));
    }

    [Theory]
    [InlineData(true, Terminated)]
    [InlineData(false, Running)]
    public async Task Terminate_takes_children_with_it_when_asked_to(bool recursive, OrchestrationRuntimeStatus child)
    {
        await using var engine = await StartAsync(e => Parked(e));
        await engine.Client.ScheduleNewOrchestrationInstanceAsync("Parent", new StartOrchestrationOptions("parent"));
        await engine.UntilAsync("child", state => state.RuntimeStatus is Running);
        await engine.Client.TerminateInstanceAsync("parent", new TerminateInstanceOptions(Recursive: recursive));
        await engine.EndAsync("parent");
        await engine.UntilAsync("child", state => state.RuntimeStatus == child);
    }

    [Fact]
    public async Task A_suspended_instance_keeps_what_comes_and_goes_on_when_resumed_even_over_a_restart()
    {
        var runs = 0;
        await using var engine = await StartAsync(e => e
            .Activity<string, int>("Count", _ => Interlocked.Increment(ref runs))
            .Orchestrator("Run", async context =>
            {
                var word = await context.WaitForExternalEvent<string>("word");
                return word + await context.CallActivityAsync<int>("Count", "");
            }));

        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run");
        await engine.Client.SuspendInstanceAsync(id, "a pause");
        await engine.UntilAsync(id, state => state.RuntimeStatus is Suspended);
        await engine.Client.RaiseEventAsync(id, "word", "said ");
        await engine.RestartAsync();
        await Task.Delay(50);
        Assert.Equal(0, runs);
        Assert.Equal(Suspended, (await engine.Client.GetInstanceAsync(id))!.RuntimeStatus);

        await engine.Client.ResumeInstanceAsync(id);
        Assert.Equal("said 1", (await engine.EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Purge_removes_what_has_ended_and_nothing_else()
    {
        await using var engine = await StartAsync(e => Parked(e));
        await engine.RunAsync("Quick", "x", new("done"));
        await engine.Client.ScheduleNewOrchestrationInstanceAsync("Park", new StartOrchestrationOptions("parked"));
        Assert.Equal(0, (await engine.Client.PurgeInstanceAsync("parked")).PurgedInstanceCount);
        Assert.Equal(0, (await engine.Client.PurgeInstanceAsync("unknown")).PurgedInstanceCount);
        Assert.Equal(1, (await engine.Client.PurgeInstanceAsync("done")).PurgedInstanceCount);
        Assert.Null(await engine.Client.GetInstanceAsync("done"));

        for (var i = 0; i < 250; i++)
        {
            await engine.Client.ScheduleNewOrchestrationInstanceAsync("Quick", new StartOrchestrationOptions($"many-{i}"));
        }

        for (var i = 0; i < 250; i++)
        {
            await engine.EndAsync($"many-{i}");
        }

        var purged = await engine.Client.PurgeAllInstancesAsync(new(DateTimeOffset.UnixEpoch, null, [Completed, Running]));
        Assert.Equal((250, true), (purged.PurgedInstanceCount, purged.IsComplete));
        Assert.Equal(["parked"], (await All(engine, new())).Select(state => state.InstanceId));
    }

    [Fact]
    public async Task Purge_takes_children_with_it_when_asked_to()
    {
        await using var engine = await StartAsync(e => Parked(e));
        await engine.Client.ScheduleNewOrchestrationInstanceAsync("Parent", new StartOrchestrationOptions("parent"));
        await engine.UntilAsync("child", state => state.RuntimeStatus is Running);
        await engine.Client.RaiseEventAsync("child", "go", "");
        await engine.EndAsync("parent");
        Assert.Equal(2, (await engine.Client.PurgeInstanceAsync("parent", new PurgeInstanceOptions(Recursive: true))).PurgedInstanceCount);
    }

    [Fact]
    public async Task Queries_filter_and_page()
    {
        await using var engine = await StartAsync(e => Parked(e));
        for (var i = 0; i < 25; i++)
        {
            await engine.RunAsync("Quick", $"{i}", new($"quick-{i:00}"));
        }

        await engine.Client.ScheduleNewOrchestrationInstanceAsync("Park", new StartOrchestrationOptions("parked"));
        await engine.UntilAsync("parked", state => state.RuntimeStatus is Running);

        var pages = new List<Page<OrchestrationMetadata>>();
        var query = new OrchestrationQuery(InstanceIdPrefix: "quick-", PageSize: 10, FetchInputsAndOutputs: true);
        await foreach (var page in engine.Client.GetAllInstancesAsync(query).AsPages())
        {
            pages.Add(page);
        }

        Assert.Equal([10, 10, 5], pages.Select(page => page.Values.Count));
        Assert.Equal(
            Enumerable.Range(0, 25).Select(i => $"{i}"),
            pages.SelectMany(page => page.Values).Select(state => state.ReadOutputAs<string>()));
        Assert.Equal(["parked"], (await All(engine, new(Statuses: [Running]))).Select(state => state.InstanceId));
        Assert.Empty(await All(engine, new(CreatedFrom: DateTimeOffset.UtcNow.AddMinutes(1))));
        Assert.Equal(26, (await All(engine, new(CreatedTo: DateTimeOffset.UtcNow.AddMinutes(1)))).Count);
    }

    [Fact]
    public async Task Metadata_tells_who_it_is_and_gives_payloads_only_when_asked_for()
    {
        await using var engine = await StartAsync(e => Parked(e), new EngineSettings { DefaultVersion = "1.0" });
        var options = new StartOrchestrationOptions("id") { Tags = new Dictionary<string, string> { ["owner"] = "me" } };
        var state = await engine.RunAsync("Quick", "in", options);
        Assert.Equal("me", state.Tags["owner"]);
        Assert.InRange(state.LastUpdatedAt, state.CreatedAt, DateTimeOffset.UtcNow);

        var bare = (await engine.Client.GetInstanceAsync("id"))!;
        Assert.Null(bare.SerializedInput);
        Assert.Throws<InvalidOperationException>(() => bare.ReadOutputAs<string>());
        Assert.Null(await engine.Client.GetInstanceAsync("unknown"));
    }

    [Fact]
    public async Task Unknown_orchestrators_and_bad_ids_are_refused_at_the_start()
    {
        await using var engine = await StartAsync(e => Parked(e));
        await Assert.ThrowsAsync<ArgumentException>(() => engine.Client.ScheduleNewOrchestrationInstanceAsync("Nowhere"));
        await Assert.ThrowsAsync<ArgumentException>(() =>
            engine.Client.ScheduleNewOrchestrationInstanceAsync("Quick", new StartOrchestrationOptions("a\0b")));
    }

    [Fact]
    public async Task The_wait_for_a_start_ends_when_the_scheduled_time_has_come()
    {
        await using var engine = await StartAsync(e => Parked(e));
        var at = DateTimeOffset.UtcNow.AddMilliseconds(150);
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Park", new StartOrchestrationOptions(StartAt: at));
        Assert.Equal(Pending, (await engine.Client.GetInstanceAsync(id))!.RuntimeStatus);
        await engine.Client.WaitForInstanceStartAsync(id);
        Assert.True(DateTimeOffset.UtcNow >= at);
    }

    private static async Task<List<OrchestrationMetadata>> All(EngineUnderTest engine, OrchestrationQuery query)
    {
        var all = new List<OrchestrationMetadata>();
        await foreach (var state in engine.Client.GetAllInstancesAsync(query))
        {
            all.Add(state);
        }

        return all;
    }

    [Fact]
    public async Task Suspending_what_is_suspended_and_resuming_what_is_not_are_mistakes()
    {
        await using var engine = await StartAsync(e => Parked(e));
        await engine.Client.ScheduleNewOrchestrationInstanceAsync("Park", new StartOrchestrationOptions("id"));
        await engine.UntilAsync("id", state => state.RuntimeStatus is Running);
        await Assert.ThrowsAsync<InvalidOperationException>(() => engine.Client.ResumeInstanceAsync("id"));
        await engine.Client.SuspendInstanceAsync("id");
        await engine.UntilAsync("id", state => state.RuntimeStatus is Suspended);
        await Assert.ThrowsAsync<InvalidOperationException>(() => engine.Client.SuspendInstanceAsync("id"));
        await engine.Client.ResumeInstanceAsync("id");
        await engine.UntilAsync("id", state => state.RuntimeStatus is Running);
        await Assert.ThrowsAsync<ArgumentException>(() => engine.Client.SuspendInstanceAsync("unknown"));
        await Assert.ThrowsAsync<ArgumentException>(() => engine.Client.ResumeInstanceAsync("unknown"));
    }

    [Fact]
    public async Task One_that_is_suspended_before_it_began_begins_when_it_is_resumed()
    {
        await using var engine = await StartAsync(e => Parked(e));
        var at = DateTimeOffset.UtcNow.AddMilliseconds(200);
        await engine.Client.ScheduleNewOrchestrationInstanceAsync("Quick", "in", new StartOrchestrationOptions("id", at));
        await engine.Client.SuspendInstanceAsync("id");
        await engine.UntilAsync("id", state => state.RuntimeStatus is Suspended);
        await Task.Delay(300);
        Assert.Equal(Suspended, (await engine.Client.GetInstanceAsync("id"))!.RuntimeStatus);
        await engine.Client.ResumeInstanceAsync("id");
        Assert.Equal("in", (await engine.EndAsync("id")).ReadOutputAs<string>());
    }

    [Theory]
    [InlineData("@entity@key")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a#b")]
    [InlineData("a?b")]
    [InlineData("a\nb")]
    public async Task An_id_that_azure_storage_could_not_keep_is_refused(string id)
    {
        await using var engine = await StartAsync(e => Parked(e).Orchestrator("Bad", context =>
            context.CallSubOrchestratorAsync<string>("Quick", "", new SubOrchestrationOptions(instanceId: id))));
        await Assert.ThrowsAsync<ArgumentException>(() =>
            engine.Client.ScheduleNewOrchestrationInstanceAsync("Quick", new StartOrchestrationOptions(id)));
        Assert.True((await engine.RunAsync("Bad")).FailureDetails!.IsCausedBy<ArgumentException>());
    }

    [Fact]
    public async Task A_status_to_keep_must_be_one()
    {
        await using var engine = await StartAsync(e => Parked(e));
        var refused = await Assert.ThrowsAsync<ArgumentException>(() => engine.Client.ScheduleNewOrchestrationInstanceAsync(
            "Quick", new StartOrchestrationOptions { DedupeStatuses = ["Sleeping"] }));
        Assert.Contains("'Sleeping'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_functions_client_does_not_offer_is_not_offered()
    {
        await using var engine = await StartAsync(e => Parked(e));
        await engine.RunAsync("Quick", "", new("done"));
        await Assert.ThrowsAsync<NotSupportedException>(() => engine.Client.RestartAsync("done"));
        await Assert.ThrowsAsync<NotSupportedException>(() => engine.Client.RewindInstanceAsync("done", "because"));
        await Assert.ThrowsAsync<NotSupportedException>(() => engine.Client.ListInstanceIdsAsync());
    }

    [Fact]
    public async Task A_page_goes_on_where_its_token_says_even_in_another_query()
    {
        await using var engine = await StartAsync(e => Parked(e));
        for (var i = 0; i < 7; i++)
        {
            await engine.RunAsync("Quick", "", new($"id-{i}"));
        }

        var query = new OrchestrationQuery(Statuses: [Completed], PageSize: 3);
        var seen = new List<string>();
        string? token = null;
        do
        {
            await foreach (var page in engine.Client.GetAllInstancesAsync(query with { ContinuationToken = token }).AsPages())
            {
                seen.AddRange(page.Values.Select(state => state.InstanceId));
                token = page.ContinuationToken;
                break;
            }
        }
        while (token is not null);

        Assert.Equal(Enumerable.Range(0, 7).Select(i => $"id-{i}"), seen.Order());
    }

    [Fact]
    public async Task A_purge_by_time_takes_what_was_created_in_it()
    {
        await using var engine = await StartAsync(e => Parked(e));
        await engine.RunAsync("Quick", "", new("old"));
        await Task.Delay(20);
        var between = DateTimeOffset.UtcNow;
        await Task.Delay(20);
        await engine.RunAsync("Quick", "", new("new"));

        Assert.Equal(1, (await engine.Client.PurgeAllInstancesAsync(new(between, null))).PurgedInstanceCount);
        Assert.Null(await engine.Client.GetInstanceAsync("new"));
        Assert.Equal(1, (await engine.Client.PurgeAllInstancesAsync(new(null, between))).PurgedInstanceCount);
        Assert.Null(await engine.Client.GetInstanceAsync("old"));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => engine.Client.PurgeAllInstancesAsync(
            new(null, null) { Timeout = TimeSpan.Zero }));
    }

    [Fact]
    public async Task Waiting_may_begin_before_there_is_anything_to_wait_for()
    {
        await using var engine = await StartAsync(e => Parked(e));
        var started = engine.Client.WaitForInstanceStartAsync("id");
        var ended = engine.Client.WaitForInstanceCompletionAsync("id", getInputsAndOutputs: true);
        await engine.Client.ScheduleNewOrchestrationInstanceAsync("Quick", "in", new StartOrchestrationOptions("id"));
        Assert.Equal("id", (await started).InstanceId);
        Assert.Equal("in", (await ended).ReadOutputAs<string>());

        using var impatience = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            engine.Client.WaitForInstanceCompletionAsync("unknown", impatience.Token));
    }
}
