using DurableTask.Core;
using DurableTask.Core.History;
using Newtonsoft.Json.Linq;

namespace Launchpad.Durable.Tests;

/// <summary>What orchestrations do over the store, with histories read again at each turn and with histories kept in memory.</summary>
public abstract class SemanticsTests(TimeSpan? sessionIdle)
{
    [Fact]
    public async Task Activities_run_one_after_another_and_give_their_results()
    {
        await using var hub = await StartAsync(worker => worker
            .Activity("Add", input => input!.ToObject<int>() + 1)
            .Orchestrator("Run", async flow =>
            {
                var sum = 0;
                for (var i = 0; i < 5; i++)
                {
                    sum = await flow.Call<int>("Add", sum);
                }

                return sum;
            }));

        var state = await hub.RunAsync("Run", "x");
        Assert.Equal((OrchestrationStatus.Completed, "5", "\"x\""), (state.OrchestrationStatus, state.Output, state.Input));
        Assert.Equal(5, hub.Service.History(state.OrchestrationInstance.InstanceId).OfType<TaskCompletedEvent>().Count());
        await AssertSoundAsync(hub);
    }

    [Fact]
    public async Task A_fan_out_runs_each_activity_once()
    {
        var runs = 0;
        await using var hub = await StartAsync(worker => worker
            .Activity("Double", input =>
            {
                Interlocked.Increment(ref runs);
                return input!.ToObject<int>() * 2;
            })
            .Orchestrator("Run", async flow =>
                (await Task.WhenAll(Enumerable.Range(0, 500).Select(i => flow.Call<int>("Double", i)))).Sum()));

        Assert.Equal("249500", (await hub.RunAsync("Run")).Output);
        Assert.Equal(500, runs);
        await AssertSoundAsync(hub);
    }

    [Fact]
    public async Task A_failure_crosses_with_its_type_message_and_causes()
    {
        await using var hub = await StartAsync(worker => worker
            .Activity("Broken", object? (_) => throw new TimeoutException("outer", new FormatException("inner")))
            .Orchestrator("Run", flow => flow.Call<object?>("Broken")));

        var state = await hub.RunAsync("Run");
        Assert.Equal(OrchestrationStatus.Failed, state.OrchestrationStatus);
        var cause = state.FailureDetails;
        Assert.Equal(("System.TimeoutException", "outer"), (cause.ErrorType, cause.ErrorMessage));
        Assert.Equal(("System.FormatException", "inner"), (cause.InnerFailure!.ErrorType, cause.InnerFailure.ErrorMessage));
        Assert.NotNull(cause.StackTrace);
    }

    [Fact]
    public async Task A_child_answers_with_its_result_and_knows_its_parent()
    {
        await using var hub = await StartAsync(worker => worker
            .Orchestrator("Child", flow => Task.FromResult<object?>(flow.Input<int>() + 1))
            .Orchestrator("Run", async flow => await flow.Context.CreateSubOrchestrationInstance<int>("Child", "", "the-child", 41)));

        Assert.Equal("42", (await hub.RunAsync("Run", id: "the-parent")).Output);
        var child = await hub.Service.GetOrchestrationStateAsync("the-child", null);
        Assert.Equal("the-parent", child.ParentInstance.OrchestrationInstance.InstanceId);
        await AssertSoundAsync(hub);
    }

    [Fact]
    public async Task A_child_under_an_id_that_runs_already_is_a_failure_of_the_parents_task()
    {
        await using var hub = await StartAsync(worker => worker
            .Orchestrator("Wait", async flow => await flow.Event("go"))
            .Orchestrator("Run", async flow => await flow.Context.CreateSubOrchestrationInstance<string>("Wait", "", "taken", "")));

        var first = await hub.BeginAsync("Wait", id: "taken");
        await hub.UntilAsync("taken", state => state.OrchestrationStatus is OrchestrationStatus.Running);
        var parent = await hub.RunAsync("Run");
        Assert.Equal(OrchestrationStatus.Failed, parent.OrchestrationStatus);
        Assert.Contains("already exists", parent.Output, StringComparison.Ordinal);

        await hub.Client.RaiseEventAsync(first, "go", "on");
        Assert.Equal(OrchestrationStatus.Completed, (await hub.EndAsync("taken")).OrchestrationStatus);
        await AssertSoundAsync(hub);
    }

    [Fact]
    public async Task Events_are_read_in_the_order_in_which_they_were_raised_and_each_once()
    {
        await using var hub = await StartAsync(Listener(200));
        var instance = await hub.BeginAsync("Listen");
        for (var i = 0; i < 200; i++)
        {
            await hub.Client.RaiseEventAsync(instance, "said", i);
        }

        var heard = JArray.Parse((await hub.EndAsync(instance)).Output).Select(word => (int)word);
        Assert.Equal(Enumerable.Range(0, 200), heard);
        await AssertSoundAsync(hub);
    }

    [Fact]
    public async Task Events_raised_before_a_scheduled_start_are_kept_over_a_restart()
    {
        var time = new ManualTime();
        await using var hub = await StartAsync(Listener(2), options => options with { Time = time });
        var start = time.GetUtcNow().UtcDateTime.AddHours(1);
        var instance = await hub.Client.CreateScheduledOrchestrationInstanceAsync("Listen", "", "later", null, start);
        await hub.Client.RaiseEventAsync(instance, "said", 1);
        await hub.RestartAsync();
        await hub.Client.RaiseEventAsync(instance, "said", 2);
        Assert.Equal(OrchestrationStatus.Pending, (await hub.Client.GetOrchestrationStateAsync("later"))!.OrchestrationStatus);

        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal("[1,2]", (await hub.EndAsync("later")).Output);
        await AssertSoundAsync(hub);
    }

    [Fact]
    public async Task Continuing_as_new_begins_with_an_empty_history_and_carries_unread_events_over()
    {
        await using var hub = await StartAsync(worker => worker.Orchestrator("Count", async flow =>
        {
            var heard = flow.Input<int>();
            await flow.Event("said");
            if (heard < 99)
            {
                flow.Context.ContinueAsNew(heard + 1);
            }

            return heard + 1;
        }));

        var instance = await hub.BeginAsync("Count", 0);
        for (var i = 0; i < 100; i++)
        {
            await hub.Client.RaiseEventAsync(new() { InstanceId = instance.InstanceId }, "said", i);
        }

        var state = await hub.EndAsync(instance);
        Assert.Equal("100", state.Output);
        Assert.NotEqual(instance.ExecutionId, state.OrchestrationInstance.ExecutionId);
        Assert.Null(await hub.Client.GetOrchestrationStateAsync(instance));
        Assert.InRange(hub.Service.History(instance.InstanceId).Count, 1, 20);
        await AssertSoundAsync(hub);
    }

    [Fact]
    public async Task A_timer_left_by_one_execution_does_not_fire_that_of_the_next()
    {
        var time = new ManualTime();
        await using var hub = await StartAsync(
            worker => worker.Orchestrator("Run", async flow =>
            {
                using var cancel = new CancellationTokenSource();
                var minutes = flow.Input<int>();
                var timer = flow.Context.CreateTimer(time.GetUtcNow().UtcDateTime.AddMinutes(minutes), "", cancel.Token);
                if (minutes == 1)
                {
                    cancel.Cancel();
                    flow.Context.ContinueAsNew(2);
                    return "";
                }

                await timer;
                return "fired";
            }),
            options => options with { Time = time });

        var instance = await hub.BeginAsync("Run", 1);
        await hub.UntilAsync(instance.InstanceId, state => state.Input == "2");
        time.Advance(TimeSpan.FromMinutes(1.5));
        await Task.Delay(100);
        Assert.Empty(hub.Service.History(instance.InstanceId).OfType<TimerFiredEvent>());
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("\"fired\"", (await hub.EndAsync(instance)).Output);
        Assert.Single(hub.Service.History(instance.InstanceId).OfType<TimerFiredEvent>());
        await AssertSoundAsync(hub);
    }

    [Theory]
    [InlineData("running")]
    [InlineData("suspended")]
    [InlineData("scheduled")]
    public async Task Terminate_ends_one_that_runs_one_that_is_suspended_and_one_that_has_not_begun(string what)
    {
        await using var hub = await StartAsync(Listener(1));
        var instance = what == "scheduled"
            ? await hub.Client.CreateScheduledOrchestrationInstanceAsync("Listen", "", "one", null, DateTime.UtcNow.AddHours(1))
            : await hub.BeginAsync("Listen", id: "one");
        if (what != "scheduled")
        {
            await hub.UntilAsync("one", state => state.OrchestrationStatus is OrchestrationStatus.Running);
        }

        if (what == "suspended")
        {
            await hub.Client.SuspendInstanceAsync(instance, "why not");
            await hub.UntilAsync("one", state => state.OrchestrationStatus is OrchestrationStatus.Suspended);
        }

        await hub.Client.TerminateInstanceAsync(instance, "enough");
        var state = await hub.EndAsync("one");
        Assert.Equal((OrchestrationStatus.Terminated, "enough"), (state.OrchestrationStatus, state.Output));
        await AssertSoundAsync(hub);
    }

    [Fact]
    public async Task A_suspended_instance_keeps_what_comes_and_goes_on_when_resumed_even_over_a_restart()
    {
        await using var hub = await StartAsync(Listener(2));
        var instance = await hub.BeginAsync("Listen");
        await hub.UntilAsync(instance.InstanceId, state => state.OrchestrationStatus is OrchestrationStatus.Running);
        await hub.Client.SuspendInstanceAsync(instance);
        await hub.UntilAsync(instance.InstanceId, state => state.OrchestrationStatus is OrchestrationStatus.Suspended);
        await hub.Client.RaiseEventAsync(instance, "said", 1);
        await hub.Client.RaiseEventAsync(instance, "said", 2);
        await hub.RestartAsync();
        await Task.Delay(100);
        Assert.Equal(OrchestrationStatus.Suspended, (await hub.Client.GetOrchestrationStateAsync(instance)).OrchestrationStatus);

        await hub.Client.ResumeInstanceAsync(instance);
        Assert.Equal("[1,2]", (await hub.EndAsync(instance)).Output);
        await AssertSoundAsync(hub);
    }

    [Fact]
    public async Task Orchestrations_go_on_after_a_restart_where_they_were()
    {
        var gate = new TaskCompletionSource();
        await using var hub = await StartAsync(worker => worker
            .Activity("Note", input => input)
            .Activity("Blocked", async input =>
            {
                await gate.Task;
                return input;
            })
            .Orchestrator("Run", async flow =>
            {
                var first = await flow.Call<string>("Note", "a");
                var second = await flow.Call<string>("Blocked", "b");
                return first + second + await flow.Event("said");
            }));

        var instance = await hub.BeginAsync("Run");
        await hub.UntilAsync(instance.InstanceId, _ => hub.Service.History(instance.InstanceId).OfType<TaskScheduledEvent>().Count() == 2);
        await hub.RestartAsync();
        gate.SetResult();
        await hub.UntilAsync(instance.InstanceId, _ => hub.Service.History(instance.InstanceId).OfType<TaskCompletedEvent>().Count() == 2);
        await hub.RestartAsync();
        await hub.Client.RaiseEventAsync(instance, "said", "c");
        Assert.Equal("\"ab\\\"c\\\"\"", (await hub.EndAsync(instance)).Output);
        await AssertSoundAsync(hub);
    }

    [Fact]
    public async Task A_failed_instance_that_is_rewound_tries_again_what_failed()
    {
        var healthy = false;
        await using var hub = await StartAsync(worker => worker
            .Activity("Fragile", object? (_) => healthy ? "well" : throw new TimeoutException("not yet"))
            .Orchestrator("Run", flow => flow.Call<object?>("Fragile")));

        var failed = await hub.RunAsync("Run", id: "again");
        Assert.Equal(OrchestrationStatus.Failed, failed.OrchestrationStatus);
        healthy = true;
        await hub.Service.RewindAsync("again", "it is well now");
        await hub.UntilAsync("again", state => state.OrchestrationStatus is OrchestrationStatus.Completed);
        Assert.Equal("\"well\"", (await hub.Client.GetOrchestrationStateAsync("again"))!.Output);
        await AssertSoundAsync(hub);
    }

    [Fact]
    public async Task Two_hundred_orchestrations_inside_each_other_end_as_the_innermost_does()
    {
        await using var hub = await StartAsync(worker => worker.Orchestrator("Nest", async flow => flow.Input<int>() is var depth and > 0
            ? await flow.Context.CreateSubOrchestrationInstance<int>("Nest", "", depth - 1) + 1
            : 0));

        Assert.Equal("200", (await hub.RunAsync("Nest", 200)).Output);
        await AssertSoundAsync(hub);
    }

    [Fact]
    public async Task An_orchestrator_that_nobody_has_waits_and_holds_nobody_up()
    {
        await using var hub = await StartAsync(Listener(0));
        var nobody = await hub.BeginAsync("Unknown");
        Assert.Equal(OrchestrationStatus.Completed, (await hub.RunAsync("Listen")).OrchestrationStatus);
        Assert.Equal(OrchestrationStatus.Pending, (await hub.Client.GetOrchestrationStateAsync(nobody)).OrchestrationStatus);
        await AssertSoundAsync(hub);
    }

    private static Action<TaskHubWorker> Listener(int words) => worker => worker.Orchestrator("Listen", async flow =>
    {
        var heard = new JArray();
        while (heard.Count < words)
        {
            heard.Add(JToken.Parse(await flow.Event("said")));
        }

        return heard;
    });

    private static async Task AssertSoundAsync(TestHub hub)
    {
        await hub.StopAsync();
        Assert.Empty(Storage.Integrity.ProblemsOf(hub.Directory));
    }

    private Task<TestHub> StartAsync(Action<TaskHubWorker> register, Func<SqliteStoreOptions, SqliteStoreOptions>? options = null)
    {
        var own = TestHub.NewOptions() with { ExtendedSessionIdle = sessionIdle };
        return TestHub.StartAsync(register, options is null ? own : options(own));
    }
}

public sealed class SemanticsTestsWithHistoriesReadAgain() : SemanticsTests(null);

public sealed class SemanticsTestsWithSessions() : SemanticsTests(TimeSpan.FromSeconds(3));
