using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Launchpad.Durable.Contract;

public abstract class EventContract(Func<EngineSettings, EngineUnderTest> create) : ContractSuite(create)
{
    [Fact]
    public async Task Events_are_taken_in_the_order_they_were_raised_whatever_the_case_of_their_name()
    {
        await using var engine = await StartAsync(e => e.Orchestrator("Run", async context =>
        {
            await context.WaitForExternalEvent<string>("begin");
            var taken = new List<int>();
            for (var i = 0; i < 50; i++)
            {
                taken.Add(await context.WaitForExternalEvent<int>("NUMBER"));
            }

            return taken;
        }));

        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run");
        for (var i = 0; i < 50; i++)
        {
            await engine.Client.RaiseEventAsync(id, i % 2 == 0 ? "number" : "Number", i);
        }

        await engine.Client.RaiseEventAsync(id, "begin", "");
        Assert.Equal(Enumerable.Range(0, 50), (await engine.EndAsync(id)).ReadOutputAs<int[]>());
    }

    [Fact]
    public async Task Events_raised_before_the_start_are_kept_over_a_restart()
    {
        await using var engine = await StartAsync(
            e => e.Orchestrator("Run", context => context.WaitForExternalEvent<string>("early")));
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync(
            "Run", new StartOrchestrationOptions(StartAt: DateTimeOffset.UtcNow.AddMilliseconds(700)));
        await engine.Client.RaiseEventAsync(id, "early", "bird");
        await engine.RestartAsync();

        Assert.Equal("bird", (await engine.EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_wait_that_times_out_is_cancelled_and_takes_no_later_event()
    {
        await using var engine = await StartAsync(e => e.Orchestrator("Run", async context =>
        {
            try
            {
                return await context.WaitForExternalEvent<string>("late", TimeSpan.FromMilliseconds(20));
            }
            catch (OperationCanceledException)
            {
                context.SetCustomStatus("timed out");
                await context.WaitForExternalEvent<string>("go on");
                return "then " + await context.WaitForExternalEvent<string>("late");
            }
        }));

        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run");
        await engine.UntilAsync(id, state => state.ReadCustomStatusAs<string>() == "timed out");
        await engine.Client.RaiseEventAsync(id, "late", "came");
        await engine.Client.RaiseEventAsync(id, "go on", "");
        Assert.Equal("then came", (await engine.EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_wait_with_a_timeout_gives_the_event_and_leaves_no_timer_open()
    {
        await using var engine = await StartAsync(e => e.Orchestrator(
            "Run", context => context.WaitForExternalEvent<string>("soon", TimeSpan.FromDays(30))));

        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run");
        await engine.Client.RaiseEventAsync(id, "soon", "here");
        Assert.Equal("here", (await engine.EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Of_several_waits_for_one_name_the_latest_is_served_first()
    {
        await using var engine = await StartAsync(e => e.Orchestrator("Run", async context =>
        {
            var first = context.WaitForExternalEvent<string>("x");
            var second = context.WaitForExternalEvent<string>("x");
            await Task.WhenAll(first, second);
            return $"{first.Result} {second.Result}";
        }));

        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run");
        await engine.Client.WaitForInstanceStartAsync(id);
        await engine.Client.RaiseEventAsync(id, "x", "a");
        await engine.Client.RaiseEventAsync(id, "x", "b");
        Assert.Equal("b a", (await engine.EndAsync(id)).ReadOutputAs<string>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Continuing_as_new_carries_unprocessed_events_over_when_asked_to(bool preserve)
    {
        await using var engine = await StartAsync(e => e.Orchestrator<string?>("Run", async context =>
        {
            if (context.GetInput<int>() == 0)
            {
                await context.WaitForExternalEvent<string>("go");
                context.ContinueAsNew(1, preserve);
                return null;
            }

            var a = await context.WaitForExternalEvent<string>("kept", preserve ? TimeSpan.FromSeconds(10) : TimeSpan.FromMilliseconds(50));
            return a + await context.WaitForExternalEvent<string>("kept");
        }));

        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run", 0);
        await engine.Client.RaiseEventAsync(id, "kept", "a");
        await engine.Client.RaiseEventAsync(id, "kept", "b");
        await engine.Client.RaiseEventAsync(id, "go", "");
        var state = await engine.EndAsync(id);
        Assert.Equal(preserve ? OrchestrationRuntimeStatus.Completed : OrchestrationRuntimeStatus.Failed, state.RuntimeStatus);
        Assert.Equal(1, state.ReadInputAs<int>());
        if (preserve)
        {
            Assert.Equal("ab", state.ReadOutputAs<string>());
        }
    }

    [Fact]
    public async Task No_event_is_lost_while_an_orchestrator_continues_as_new_again_and_again()
    {
        const int Count = 300;
        await using var engine = await StartAsync(e => e.Orchestrator<List<int>?>("Run", async context =>
        {
            var taken = context.GetInput<List<int>>() ?? [];
            taken.Add(await context.WaitForExternalEvent<int>("n"));
            if (taken.Count == Count)
            {
                return taken;
            }

            context.ContinueAsNew(taken);
            return null;
        }));

        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run");
        for (var i = 0; i < Count; i++)
        {
            await engine.Client.RaiseEventAsync(id, "n", i);
        }

        Assert.Equal(Enumerable.Range(0, Count), (await engine.EndAsync(id)).ReadOutputAs<int[]>());
    }

    [Fact]
    public async Task Orchestrations_send_events_to_each_other()
    {
        await using var engine = await StartAsync(e => e
            .Orchestrator("Listen", context => context.WaitForExternalEvent<string>("word"))
            .Orchestrator("Speak", context =>
            {
                context.SendEvent("listener", "word", "hello");
                return Task.FromResult(true);
            }));

        await engine.Client.ScheduleNewOrchestrationInstanceAsync("Listen", new StartOrchestrationOptions("listener"));
        await engine.ResultAsync<bool>("Speak");
        Assert.Equal("hello", (await engine.EndAsync("listener")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Raising_an_event_says_when_nobody_can_take_it()
    {
        await using var engine = await StartAsync(e => e.Orchestrator("Run", _ => Task.FromResult(0)));
        await Assert.ThrowsAsync<ArgumentException>(() => engine.Client.RaiseEventAsync("unknown", "x"));
        var ended = await engine.RunAsync("Run");
        await Assert.ThrowsAsync<InvalidOperationException>(() => engine.Client.RaiseEventAsync(ended.InstanceId, "x"));
    }

    [Fact]
    public async Task What_comes_after_the_decision_to_continue_as_new_is_for_the_next_generation()
    {
        using var gate = new SemaphoreSlim(0);
        await using var engine = await StartAsync(e => e
            .ActivityAsync<string, string>("Slow", async text =>
            {
                await gate.WaitAsync();
                return text;
            })
            .Orchestrator<string?>("Run", async context =>
            {
                if (context.GetInput<int>() == 1)
                {
                    var taken = await context.WaitForExternalEvent<string>("word");
                    return context.Version + taken;
                }

                await context.WaitForExternalEvent<string>("go");
                context.ContinueAsNew(1, preserveUnprocessedEvents: false);
                context.SetCustomStatus("continuing");
                _ = context.WaitForExternalEvent<string>("word");
                await context.CallActivityAsync<string>("Slow", "");
                return null;
            }));

        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run", 0);
        await engine.Client.RaiseEventAsync(id, "dropped", "early");
        await engine.Client.RaiseEventAsync(id, "go", "");
        await engine.UntilAsync(id, state => state.ReadCustomStatusAs<string>() == "continuing");
        await engine.Client.RaiseEventAsync(id, "word", "late");
        gate.Release();
        Assert.Equal("late", (await engine.EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Two_waits_for_one_name_ask_for_one_type()
    {
        await using var engine = await StartAsync(e => e.Orchestrator("Run", async context =>
        {
            var first = context.WaitForExternalEvent<string>("x");
            Assert.Throws<ArgumentException>(() => { _ = context.WaitForExternalEvent<int>("X"); });
            return await first;
        }));

        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run");
        await engine.Client.RaiseEventAsync(id, "x", "one");
        Assert.Equal("one", (await engine.EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Waits_that_timed_out_again_and_again_take_no_event_from_those_that_wait_now()
    {
        await using var engine = await StartAsync(e => e.Orchestrator("Run", async context =>
        {
            for (var i = 0; i < 3; i++)
            {
                await Assert.ThrowsAnyAsync<OperationCanceledException>(
                    () => context.WaitForExternalEvent<int>("n", TimeSpan.FromMilliseconds(10)));
            }

            context.SetCustomStatus("ready");
            return await context.WaitForExternalEvent<int>("n") + await context.WaitForExternalEvent<int>("n");
        }));

        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run");
        await engine.UntilAsync(id, state => state.ReadCustomStatusAs<string>() == "ready");
        await engine.Client.RaiseEventAsync(id, "n", 1);
        await engine.Client.RaiseEventAsync(id, "n", 2);
        Assert.Equal(3, (await engine.EndAsync(id)).ReadOutputAs<int>());
    }

    [Fact]
    public async Task An_event_without_a_payload_is_the_default_and_one_that_cannot_be_read_fails_its_wait()
    {
        await using var engine = await StartAsync(e => e.Orchestrator(
            "Run", async context => await context.WaitForExternalEvent<int>("n") + await context.WaitForExternalEvent<int>("n")));
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run");
        await engine.Client.RaiseEventAsync(id, "n");
        await engine.Client.RaiseEventAsync(id, "n", "text");
        var state = await engine.EndAsync(id);
        Assert.Equal(OrchestrationRuntimeStatus.Failed, state.RuntimeStatus);
        Assert.True(state.FailureDetails!.IsCausedBy<System.Text.Json.JsonException>());
    }
}
