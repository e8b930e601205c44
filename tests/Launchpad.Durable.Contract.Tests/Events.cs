using Grpc.Core;

namespace Launchpad.Durable.Contract;

public abstract class EventContract(Hub hub) : ContractSuite(hub)
{
    [Function(nameof(TakeNumbers))]
    public static async Task<List<int>> TakeNumbers([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        await context.WaitForExternalEvent<string>("begin");
        var taken = new List<int>();
        for (var i = 0; i < 50; i++)
        {
            taken.Add(await context.WaitForExternalEvent<int>("NUMBER"));
        }

        return taken;
    }

    [Fact]
    public async Task Events_are_taken_in_the_order_they_were_raised_whatever_the_case_of_their_name()
    {
        var id = await RunningAsync(nameof(TakeNumbers));
        for (var i = 0; i < 50; i++)
        {
            await Client.RaiseEventAsync(id, i % 2 == 0 ? "number" : "Number", i);
        }

        await Client.RaiseEventAsync(id, "begin", "");
        Assert.Equal(Enumerable.Range(0, 50), (await EndAsync(id)).ReadOutputAs<int[]>());
    }

    [Function(nameof(TakeEarly))]
    public static Task<string> TakeEarly([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.WaitForExternalEvent<string>("early");

    [Fact]
    public async Task An_event_raised_before_the_scheduled_start_is_kept_for_it()
    {
        var id = await StartAsync(nameof(TakeEarly), null, new(StartAt: DateTimeOffset.UtcNow.AddSeconds(1)));
        await Client.RaiseEventAsync(id, "early", "bird");
        Assert.Equal("bird", (await EndAsync(id)).ReadOutputAs<string>());
    }

    [Function(nameof(TimeOut))]
    public static async Task<string> TimeOut([OrchestrationTrigger] TaskOrchestrationContext context)
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
    }

    [Fact]
    public async Task A_wait_that_times_out_is_cancelled_and_takes_no_later_event()
    {
        var id = await StartAsync(nameof(TimeOut));
        await UntilSaysAsync(id, "timed out");
        await Client.RaiseEventAsync(id, "late", "came");
        await Client.RaiseEventAsync(id, "go on", "");
        Assert.Equal("then came", (await EndAsync(id)).ReadOutputAs<string>());
    }

    [Function(nameof(TimeOutAgain))]
    public static async Task<int> TimeOutAgain([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        for (var i = 0; i < 3; i++)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => context.WaitForExternalEvent<int>("n", TimeSpan.FromMilliseconds(10)));
        }

        context.SetCustomStatus("ready");
        return await context.WaitForExternalEvent<int>("n") + await context.WaitForExternalEvent<int>("n");
    }

    [Fact]
    public async Task Waits_that_timed_out_again_and_again_take_no_event_from_those_that_wait_now()
    {
        var id = await StartAsync(nameof(TimeOutAgain));
        await UntilSaysAsync(id, "ready");
        await Client.RaiseEventAsync(id, "n", 1);
        await Client.RaiseEventAsync(id, "n", 2);
        Assert.Equal(3, (await EndAsync(id)).ReadOutputAs<int>());
    }

    [Function(nameof(WaitAMonth))]
    public static Task<string> WaitAMonth([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.WaitForExternalEvent<string>("soon", TimeSpan.FromDays(30));

    [Fact]
    public async Task A_wait_with_a_timeout_gives_the_event_and_leaves_no_timer_open()
    {
        var id = await RunningAsync(nameof(WaitAMonth));
        await Client.RaiseEventAsync(id, "soon", "here");
        Assert.Equal("here", (await EndAsync(id)).ReadOutputAs<string>());
    }

    [Function(nameof(WaitTwice))]
    public static async Task<string> WaitTwice([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var first = context.WaitForExternalEvent<string>("x");
        var second = context.WaitForExternalEvent<string>("x");
        context.SetCustomStatus("waiting");
        await Task.WhenAll(first, second);
        return $"{first.Result} {second.Result}";
    }

    [Fact]
    public async Task Of_several_waits_for_one_name_the_latest_is_served_first()
    {
        var id = await StartAsync(nameof(WaitTwice));
        await UntilSaysAsync(id, "waiting");
        await Client.RaiseEventAsync(id, "x", "a");
        await Client.RaiseEventAsync(id, "x", "b");
        Assert.Equal("b a", (await EndAsync(id)).ReadOutputAs<string>());
    }

    [Function(nameof(CarryOver))]
    public static async Task<string?> CarryOver([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        if (context.GetInput<string>() is "keep" or "drop")
        {
            await context.WaitForExternalEvent<string>("go");
            context.ContinueAsNew("next", preserveUnprocessedEvents: context.GetInput<string>() == "keep");
            return null;
        }

        var first = await context.WaitForExternalEvent<string>("kept");
        return first + await context.WaitForExternalEvent<string>("kept");
    }

    [Theory]
    [InlineData("keep", "ab")]
    [InlineData("drop", "cd")]
    public async Task Continuing_as_new_carries_unprocessed_events_over_when_asked_to(string what, string expected)
    {
        var id = await RunningAsync(nameof(CarryOver), what);
        await Client.RaiseEventAsync(id, "kept", "a");
        await Client.RaiseEventAsync(id, "kept", "b");
        await Client.RaiseEventAsync(id, "go", "");
        await UntilAsync(id, state => state.IsCompleted || (what == "drop" && state.ReadInputAs<string>() == "next"));
        if (what == "drop")
        {
            await Client.RaiseEventAsync(id, "kept", "c");
            await Client.RaiseEventAsync(id, "kept", "d");
        }

        var state = await EndAsync(id);
        Assert.Equal((expected, "next"), (state.ReadOutputAs<string>(), state.ReadInputAs<string>()));
    }

    [Function(nameof(CollectAsNew))]
    public static async Task<List<int>?> CollectAsNew([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var taken = context.GetInput<List<int>>() ?? [];
        taken.Add(await context.WaitForExternalEvent<int>("n"));
        if (taken.Count == 30)
        {
            return taken;
        }

        context.ContinueAsNew(taken);
        return null;
    }

    /// <summary>Those that are carried over are sent again and may come behind what came meanwhile, so their order is not kept.</summary>
    [Fact]
    public async Task No_event_is_lost_or_doubled_while_an_orchestrator_continues_as_new_again_and_again()
    {
        var id = await RunningAsync(nameof(CollectAsNew));
        for (var i = 0; i < 30; i++)
        {
            await Client.RaiseEventAsync(id, "n", i);
        }

        Assert.Equal(Enumerable.Range(0, 30), (await EndAsync(id)).ReadOutputAs<int[]>()!.Order());
    }

    [Function(nameof(Listen))]
    public static Task<string> Listen([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.WaitForExternalEvent<string>("word");

    [Function(nameof(Speak))]
    public static bool Speak([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        context.SendEvent(context.GetInput<string>()!, "word", "hello");
        return true;
    }

    [Fact]
    public async Task Orchestrations_send_events_to_each_other()
    {
        var listener = await RunningAsync(nameof(Listen));
        Assert.True(await ResultAsync<bool>(nameof(Speak), listener));
        Assert.Equal("hello", (await EndAsync(listener)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Raising_an_event_says_when_nobody_can_take_it()
    {
        var unknown = await Assert.ThrowsAsync<RpcException>(() => Client.RaiseEventAsync(Id("unknown"), "x"));
        Assert.Equal(StatusCode.NotFound, unknown.StatusCode);
        var ended = await RunAsync(nameof(Speak), Id("unknown"));
        var late = await Assert.ThrowsAsync<RpcException>(() => Client.RaiseEventAsync(ended.InstanceId, "x"));
        Assert.Equal(StatusCode.FailedPrecondition, late.StatusCode);
    }

    [Function(nameof(AddTwo))]
    public static async Task<int> AddTwo([OrchestrationTrigger] TaskOrchestrationContext context) =>
        await context.WaitForExternalEvent<int>("n") + await context.WaitForExternalEvent<int>("n");

    [Fact]
    public async Task An_event_without_a_payload_is_the_default_and_one_that_cannot_be_read_fails_the_orchestration()
    {
        var id = await RunningAsync(nameof(AddTwo));
        await Client.RaiseEventAsync(id, "n");
        await Client.RaiseEventAsync(id, "n", "text");
        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await EndAsync(id)).RuntimeStatus);
    }

    [Function(nameof(TwoTypes))]
    public static async Task<string> TwoTypes([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var first = context.WaitForExternalEvent<string>("x");
        Assert.Throws<ArgumentException>(() => { _ = context.WaitForExternalEvent<int>("X"); });
        return await first;
    }

    [Fact]
    public async Task Two_waits_for_one_name_ask_for_one_type()
    {
        var id = await RunningAsync(nameof(TwoTypes));
        await Client.RaiseEventAsync(id, "x", "one");
        Assert.Equal("one", (await EndAsync(id)).ReadOutputAs<string>());
    }
}
