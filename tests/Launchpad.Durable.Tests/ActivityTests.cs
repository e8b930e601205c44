using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Launchpad.Durable.Tests;

public sealed class ActivityTests
{
    private sealed record Order(string Item, int Count, decimal Price);

    [Fact]
    public async Task Activities_run_one_after_another_and_give_their_results()
    {
        await using var engine = await Engine.StartAsync(e => e
            .Activity<string, string>("SayHello", city => $"Hello {city}!")
            .Orchestrator("HelloSequence", async context =>
            {
                var said = new List<string>();
                foreach (var city in new[] { "Tokyo", "London", "Seattle", "Cairo", "Kyiv" })
                {
                    said.Add(await context.CallActivityAsync<string>("SayHello", city));
                }

                return said;
            }));

        Assert.Equal(
            ["Hello Tokyo!", "Hello London!", "Hello Seattle!", "Hello Cairo!", "Hello Kyiv!"],
            await engine.ResultAsync<string[]>("HelloSequence"));
    }

    [Fact]
    public async Task A_fan_out_waits_for_all_and_keeps_their_order()
    {
        await using var engine = await Engine.StartAsync(e => e
            .Activity<int, int>("Square", n => n * n)
            .Orchestrator("FanOut", context =>
                Task.WhenAll(Enumerable.Range(0, 500).Select(n => context.CallActivityAsync<int>("Square", n)))));

        Assert.Equal(Enumerable.Range(0, 500).Select(n => n * n), await engine.ResultAsync<int[]>("FanOut"));
    }

    [Fact]
    public async Task Inputs_and_results_cross_as_the_converter_writes_them()
    {
        var order = new Order("a \"quoted\" \u0000 \ud83d\ude80 item", 3, 12345678901234567.89m);
        await using var engine = await Engine.StartAsync(e => e
            .Activity<Order, Order>("Echo", o => o with { Count = o.Count + 1 })
            .Activity<string?, string?>("Nothing", input => input)
            .Orchestrator("Run", async context =>
            {
                Assert.Null(await context.CallActivityAsync<string?>("Nothing", input: null));
                return await context.CallActivityAsync<Order>("Echo", context.GetInput<Order>());
            }));

        var state = await engine.RunAsync("Run", order);
        Assert.Equal(order with { Count = 4 }, state.ReadOutputAs<Order>());
        Assert.Equal(order, state.ReadInputAs<Order>());
    }

    [Theory]
    [InlineData(65534)]
    [InlineData(65535)]
    [InlineData(3_000_000)]
    public async Task Large_payloads_survive_a_restart(int length)
    {
        var text = new string('é', length / 2);
        await using var engine = await Engine.StartAsync(e => e
            .Activity<string, string>("Echo", input => input)
            .Orchestrator("Run", async context =>
            {
                var echoed = await context.CallActivityAsync<string>("Echo", context.GetInput<string>());
                return echoed + await context.WaitForExternalEvent<string>("more");
            }));

        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run", text);
        await engine.UntilAsync(id, _ => engine.Running.HistoryAsync(id, default).Result.Any(row => row.Kind == "TaskCompleted"));
        await engine.RestartAsync();
        await engine.Client.RaiseEventAsync(id, "more", text);

        Assert.Equal(text + text, (await engine.EndAsync(id)).ReadOutputAs<string>());
        await engine.Client.PurgeInstanceAsync(id);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(engine.Directory, "payloads")));
    }

    [Fact]
    public async Task A_payload_beyond_the_limit_is_refused_before_anything_is_recorded()
    {
        await using var engine = await Engine.StartAsync(
            e => e.Orchestrator("Run", _ => Task.FromResult(0)), options => options with { MaxPayloadBytes = 1000 });

        await Assert.ThrowsAsync<ArgumentException>(() =>
            engine.Client.ScheduleNewOrchestrationInstanceAsync("Run", new string('x', 1001), new StartOrchestrationOptions("big")));
        Assert.Null(await engine.Client.GetInstanceAsync("big"));
    }

    [Fact]
    public async Task A_failure_crosses_with_its_type_message_and_causes()
    {
        await using var engine = await Engine.StartAsync(e => e
            .Activity<string, string>("Break", Break)
            .Orchestrator("Run", context => context.CallActivityAsync<string>("Break", "")));

        var state = await engine.RunAsync("Run");
        Assert.Equal(OrchestrationRuntimeStatus.Failed, state.RuntimeStatus);
        var details = state.FailureDetails!;
        Assert.Equal(typeof(TaskFailedException).FullName, details.ErrorType);
        Assert.Equal("Task 'Break' (#0) failed with an unhandled exception: outer", details.ErrorMessage);
        Assert.True(details.InnerFailure!.IsCausedBy<InvalidOperationException>());
        Assert.Contains(nameof(Break), details.InnerFailure.StackTrace!, StringComparison.Ordinal);
        Assert.True(details.InnerFailure.InnerFailure!.IsCausedBy<ArgumentException>());
        Assert.True(details.InnerFailure.InnerFailure.IsCausedBy<ArgumentNullException>());
        Assert.False(details.InnerFailure.InnerFailure.IsCausedBy<TimeoutException>());
    }

    [Fact]
    public async Task An_orchestrator_may_catch_a_failure_and_go_on()
    {
        await using var engine = await Engine.StartAsync(e => e
            .Activity<string, string>("Break", Break)
            .Orchestrator("Run", async context =>
            {
                try
                {
                    return await context.CallActivityAsync<string>("Break", "");
                }
                catch (TaskFailedException failure)
                {
                    return $"{failure.TaskName} {failure.TaskId} {failure.FailureDetails.ErrorMessage}";
                }
            }));

        Assert.Equal("Break 0 outer", await engine.ResultAsync<string>("Run"));
    }

    [Fact]
    public async Task A_failure_of_a_megabyte_is_cut_and_says_so()
    {
        await using var engine = await Engine.StartAsync(e => e
            .Activity<string, string>("Break", _ => throw new InvalidOperationException(new string('x', 1_000_000)))
            .Orchestrator("Run", context => context.CallActivityAsync<string>("Break", "")));

        var message = (await engine.RunAsync("Run")).FailureDetails!.InnerFailure!.ErrorMessage;
        Assert.InRange(message.Length, 10_000, 20_000);
        Assert.EndsWith("more characters)", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_activity_that_does_not_exist_fails_without_being_retried()
    {
        await using var engine = await Engine.StartAsync(e => e.Orchestrator("Run", context => context.CallActivityAsync<string>(
            "Nowhere", options: TaskOptions.FromRetryPolicy(new(5, TimeSpan.FromMinutes(1))))));

        var details = (await engine.RunAsync("Run")).FailureDetails!.InnerFailure!;
        Assert.Equal("ActivityTaskNotFound", details.ErrorType);
    }

    [Fact]
    public async Task A_result_that_cannot_be_serialized_is_a_failure()
    {
        await using var engine = await Engine.StartAsync(e => e
            .Activity<string, object>("Loop", _ => new Loop())
            .Orchestrator("Run", context => context.CallActivityAsync<object>("Loop", "")));

        Assert.True((await engine.RunAsync("Run")).FailureDetails!.InnerFailure!.IsCausedBy<System.Text.Json.JsonException>());
    }

    private sealed class Loop
    {
        public Loop Self => this;
    }

    private static string Break(string input)
    {
        try
        {
            throw new ArgumentNullException(nameof(input), "inner");
        }
        catch (ArgumentNullException cause)
        {
            throw new InvalidOperationException("outer", cause);
        }
    }
}
