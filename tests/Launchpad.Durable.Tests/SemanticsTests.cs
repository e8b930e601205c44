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
        await hub.AssertSoundAsync();
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
        await hub.AssertSoundAsync();
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
        await hub.AssertSoundAsync();
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
        await hub.AssertSoundAsync();
    }

    [Fact]
    public async Task Events_are_read_in_the_order_in_which_they_were_raised_and_each_once()
    {
        await using var hub = await StartAsync(Registrations.Listener(200));
        var instance = await hub.BeginAsync("Listen");
        for (var i = 0; i < 200; i++)
        {
            await hub.Client.RaiseEventAsync(instance, "said", i);
        }

        var heard = JArray.Parse((await hub.EndAsync(instance)).Output).Select(word => (int)word);
        Assert.Equal(Enumerable.Range(0, 200), heard);
        await hub.AssertSoundAsync();
    }

    [Fact]
    public async Task Events_raised_before_a_scheduled_start_are_kept_over_a_restart()
    {
        var time = new ManualTime();
        await using var hub = await StartAsync(Registrations.Listener(2), options => options with { Time = time });
        var start = time.GetUtcNow().UtcDateTime.AddHours(1);
        var instance = await hub.Client.CreateScheduledOrchestrationInstanceAsync("Listen", "", "later", null, start);
        await hub.Client.RaiseEventAsync(instance, "said", 1);
        await hub.RestartAsync();
        await hub.Client.RaiseEventAsync(instance, "said", 2);
        Assert.Equal(OrchestrationStatus.Pending, (await hub.Client.GetOrchestrationStateAsync("later"))!.OrchestrationStatus);

        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal("[1,2]", (await hub.EndAsync("later")).Output);
        await hub.AssertSoundAsync();
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
        await hub.AssertSoundAsync();
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
        await hub.AssertSoundAsync();
    }

    private Task<TestHub> StartAsync(Action<TaskHubWorker> register, Func<SqliteStoreOptions, SqliteStoreOptions>? options = null) =>
        TestHub.StartAsync(register, sessionIdle, options);
}

public sealed class SemanticsTestsWithHistoriesReadAgain() : SemanticsTests(null);

public sealed class SemanticsTestsWithSessions() : SemanticsTests(TimeSpan.FromSeconds(3));
