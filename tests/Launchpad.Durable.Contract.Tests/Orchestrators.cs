using System.Security.Cryptography;
using System.Text;
using Launchpad.Durable.Contract.App;
using static Microsoft.DurableTask.Client.OrchestrationRuntimeStatus;

namespace Launchpad.Durable.Contract;

public abstract class OrchestratorContract(Hub hub) : ContractSuite(hub)
{
    [Function(nameof(Guids))]
    public static string[] Guids([OrchestrationTrigger] TaskOrchestrationContext context) =>
        [context.CurrentUtcDateTime.ToString("o"), $"{context.NewGuid()}", $"{context.NewGuid()}"];

    [Fact]
    public async Task Guids_are_made_of_instance_time_and_a_counter()
    {
        var state = await RunAsync(nameof(Guids));
        var result = state.ReadOutputAs<string[]>()!;
        Assert.Equal(Version5($"{state.InstanceId}_{result[0]}_0"), Guid.Parse(result[1]));
        Assert.Equal(Version5($"{state.InstanceId}_{result[0]}_1"), Guid.Parse(result[2]));
    }

    /// <summary>The published algorithm: SHA-1 over namespace and name, version and variant bits, network byte order.</summary>
    private static Guid Version5(string name)
    {
        var space = Convert.FromHexString("9e9529585e334daf827f2fa12937b875");
#pragma warning disable CA5350 // Version 5 is SHA-1 by definition.
        var hash = SHA1.HashData([.. space, .. Encoding.UTF8.GetBytes(name)]);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return Guid.ParseExact(Convert.ToHexString(hash, 0, 16), "N");
    }

    [Function(nameof(Clock))]
    public static async Task<bool> Clock([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var first = context.CurrentUtcDateTime;
        Thread.Sleep(5);
        var same = context.CurrentUtcDateTime == first;
        await context.CreateTimer(TimeSpan.FromMilliseconds(5), CancellationToken.None);
        return same && first.Kind is DateTimeKind.Utc && context.CurrentUtcDateTime >= first.AddMilliseconds(5);
    }

    [Fact]
    public async Task Time_stands_still_in_a_turn_and_is_universal() => Assert.True(await ResultAsync<bool>(nameof(Clock)));

    [Function(nameof(Stray))]
    public static async Task<string> Stray([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        // A task that ends may end before the framework looks, and then nothing was wrong.
        await new TaskCompletionSource().Task;
        return await context.CallActivityAsync<string>(nameof(ActivityContract.EchoText), "");
    }

    /// <summary>Depending on who is faster, the instance fails or waits for good, until somebody ends it. In either case it is logged.</summary>
    [Fact]
    public async Task Awaiting_what_is_not_durable_stops_the_orchestration_and_is_logged()
    {
        var id = await StartAsync(nameof(Stray));
        await Hub.UntilSaysAsync("An invalid asynchronous invocation was detected");
        var state = await UntilAsync(id, state => state.RuntimeStatus is Running or Failed);
        if (state.RuntimeStatus is Running)
        {
            await Client.TerminateInstanceAsync(id);
            Assert.Equal(Terminated, (await EndAsync(id)).RuntimeStatus);
        }
    }

    [Function(nameof(YieldTwice))]
    public static async Task<string> YieldTwice([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        await Task.Yield();
        var echo = await context.CallActivityAsync<string>(nameof(ActivityContract.EchoText), "x");
        await Task.Yield();
        return echo;
    }

    [Fact]
    public async Task Yielding_is_harmless() => Assert.Equal("x", await ResultAsync<string>(nameof(YieldTwice)));

    [Function(nameof(Pass))]
    public static async Task<string> Pass([ActivityTrigger] string gate)
    {
        await Journal.PassAsync(gate);
        return gate;
    }

    [Function(nameof(ReturnEarly))]
    public static string ReturnEarly([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        _ = context.CallActivityAsync<string>(nameof(Pass), context.InstanceId);
        return "returned";
    }

    [Fact]
    public async Task An_orchestration_ends_only_when_all_it_began_has_ended()
    {
        var id = await StartAsync(nameof(ReturnEarly));
        await UntilAsync(id, Running);
        await Task.Delay(300);
        Assert.Equal(Running, (await Client.GetInstanceAsync(id))!.RuntimeStatus);
        Hub.Open(id);
        Assert.Equal("returned", (await EndAsync(id)).ReadOutputAs<string>());
    }

    [Function(nameof(Statuses))]
    public static async Task<string> Statuses([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        if (context.GetInput<int>() == 1)
        {
            await context.WaitForExternalEvent<string>("go");
            return "done";
        }

        context.SetCustomStatus("one");
        context.SetCustomStatus(new { step = 2, text = "漢🚀" });
        await context.WaitForExternalEvent<string>("go");
        context.ContinueAsNew(1);
        return "";
    }

    [Fact]
    public async Task The_custom_status_is_the_last_one_set_and_stays_for_the_next_generation()
    {
        var id = await RunningAsync(nameof(Statuses), 0);
        var state = await UntilAsync(id, state => state.SerializedCustomStatus is not null);
        Assert.Equal(2, state.ReadCustomStatusAs<Dictionary<string, object>>()!.Count);
        await Client.RaiseEventAsync(id, "go");
        var next = await UntilAsync(id, state => state.ReadInputAs<int>() == 1);
        Assert.Equal(state.SerializedCustomStatus, next.SerializedCustomStatus);
        await Client.RaiseEventAsync(id, "go");
        Assert.Equal("done", (await EndAsync(id)).ReadOutputAs<string>());
    }

    [Function(nameof(GrowingStatus))]
    public static async Task<string> GrowingStatus([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var done = new List<int>();
        context.SetCustomStatus(done);
        for (var i = 0; i < 2; i++)
        {
            done.Add(i);
            await context.WaitForExternalEvent<string>("go");
        }

        context.SetCustomStatus(null);
        return "";
    }

    [Fact]
    public async Task The_custom_status_is_what_its_object_is_at_the_end_of_a_turn()
    {
        var id = await RunningAsync(nameof(GrowingStatus));
        foreach (var expected in new[] { "[0]", "[0,1]" })
        {
            await UntilAsync(id, state => state.SerializedCustomStatus == expected);
            await Client.RaiseEventAsync(id, "go");
        }

        Assert.Null((await EndAsync(id)).ReadCustomStatusAs<object>());
    }

    [Function(nameof(LoopStatus))]
    public static Task<string> LoopStatus([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        context.SetCustomStatus(new FailureContract.Loop());
        return context.WaitForExternalEvent<string>("never");
    }

    [Fact]
    public async Task A_custom_status_that_cannot_be_serialized_fails_the_orchestration() =>
        Assert.Equal(Failed, (await RunAsync(nameof(LoopStatus))).RuntimeStatus);

    [Function(nameof(TwentyGenerations))]
    public static async Task<int> TwentyGenerations([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var n = await context.CallActivityAsync<int>(nameof(Add), context.GetInput<int>());
        if (n < 20)
        {
            context.ContinueAsNew(n);
        }

        return n;
    }

    [Function(nameof(Add))]
    public static int Add([ActivityTrigger] int n) => n + 1;

    [Fact]
    public async Task Continuing_as_new_begins_with_an_empty_history()
    {
        var state = await RunAsync(nameof(TwentyGenerations), 0);
        Assert.Equal(20, state.ReadOutputAs<int>());
        Assert.InRange((await Client.GetOrchestrationHistoryAsync(state.InstanceId)).Count, 4, 12);
    }

    [Fact]
    public async Task The_history_tells_what_was_called_and_what_it_answered()
    {
        var state = await RunAsync(nameof(ActivityContract.HelloSequence));
        var history = await Client.GetOrchestrationHistoryAsync(state.InstanceId);
        Assert.Equal(5, history.OfType<global::DurableTask.Core.History.TaskScheduledEvent>().Count());
        Assert.Equal(5, history.OfType<global::DurableTask.Core.History.TaskCompletedEvent>().Count());
    }
}
