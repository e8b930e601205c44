using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Launchpad.Durable.Contract;

public abstract class ActivityContract(Func<EngineSettings, EngineUnderTest> create) : ContractSuite(create)
{
    private sealed record Order(string Item, int Count, decimal Price);

    [Fact]
    public async Task Activities_run_one_after_another_and_give_their_results()
    {
        await using var engine = await StartAsync(e => e
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
        await using var engine = await StartAsync(e => e
            .Activity<int, int>("Square", n => n * n)
            .Orchestrator("FanOut", context =>
                Task.WhenAll(Enumerable.Range(0, 500).Select(n => context.CallActivityAsync<int>("Square", n)))));

        Assert.Equal(Enumerable.Range(0, 500).Select(n => n * n), await engine.ResultAsync<int[]>("FanOut"));
    }

    [Fact]
    public async Task Inputs_and_results_cross_as_the_converter_writes_them()
    {
        var order = new Order("a \"quoted\" \u0000 \ud83d\ude80 item", 3, 12345678901234567.89m);
        await using var engine = await StartAsync(e => e
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
        await using var engine = await StartAsync(e => e
            .Activity<string, string>("Echo", input => input)
            .Orchestrator("Run", async context =>
            {
                var echoed = await context.CallActivityAsync<string>("Echo", context.GetInput<string>());
                context.SetCustomStatus("echoed");
                return echoed + await context.WaitForExternalEvent<string>("more");
            }));

        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run", text);
        await engine.UntilAsync(id, state => state.ReadCustomStatusAs<string>() == "echoed");
        await engine.RestartAsync();
        await engine.Client.RaiseEventAsync(id, "more", text);

        Assert.Equal(text + text, (await engine.EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_payload_beyond_the_limit_is_refused_before_anything_is_recorded()
    {
        await using var engine = await StartAsync(
            e => e.Orchestrator("Run", _ => Task.FromResult(0)), new EngineSettings { MaxPayloadBytes = 1000 });

        await Assert.ThrowsAsync<ArgumentException>(() =>
            engine.Client.ScheduleNewOrchestrationInstanceAsync("Run", new string('x', 1001), new StartOrchestrationOptions("big")));
        Assert.Null(await engine.Client.GetInstanceAsync("big"));
    }

    [Fact]
    public async Task A_failure_crosses_with_its_type_message_and_causes()
    {
        await using var engine = await StartAsync(e => e
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
        await using var engine = await StartAsync(e => e
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
        await using var engine = await StartAsync(e => e
            .Activity<string, string>("Break", _ => throw new InvalidOperationException(new string('x', 1_000_000)))
            .Orchestrator("Run", context => context.CallActivityAsync<string>("Break", "")));

        var message = (await engine.RunAsync("Run")).FailureDetails!.InnerFailure!.ErrorMessage;
        Assert.InRange(message.Length, 10_000, 20_000);
        Assert.EndsWith("more characters)", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_activity_that_does_not_exist_fails_without_being_retried()
    {
        await using var engine = await StartAsync(e => e.Orchestrator("Run", context => context.CallActivityAsync<string>(
            "Nowhere", options: TaskOptions.FromRetryPolicy(new(5, TimeSpan.FromMinutes(1))))));

        var details = (await engine.RunAsync("Run")).FailureDetails!.InnerFailure!;
        Assert.Equal("ActivityTaskNotFound", details.ErrorType);
    }

    [Fact]
    public async Task A_result_that_cannot_be_serialized_is_a_failure()
    {
        await using var engine = await StartAsync(e => e
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

    [Theory]
    [InlineData("null")]
    [InlineData("9007199254740993")]
    [InlineData("79228162514264337593543950335")]
    [InlineData("1e308")]
    [InlineData("""{"a":[1,{"b":null}],"text":"\u00e9"}""")]
    [InlineData("\"\"")]
    [InlineData("[]")]
    public async Task Any_json_crosses_as_it_is(string json)
    {
        await using var engine = await StartAsync(e => e
            .Activity<System.Text.Json.JsonElement, System.Text.Json.JsonElement>("Echo", element => element)
            .Orchestrator("Run", async context => await context.CallActivityAsync<System.Text.Json.JsonElement>(
                "Echo", context.GetInput<System.Text.Json.JsonElement>())));

        var input = System.Text.Json.JsonElement.Parse(json);
        var state = await engine.RunAsync("Run", input);
        Assert.True(System.Text.Json.JsonElement.DeepEquals(input, System.Text.Json.JsonElement.Parse(state.SerializedOutput!)));
        Assert.True(System.Text.Json.JsonElement.DeepEquals(input, System.Text.Json.JsonElement.Parse(state.SerializedInput!)));
    }

    [Fact]
    public async Task Nothing_is_no_text_and_reads_as_the_default()
    {
        await using var engine = await StartAsync(e => e
            .Activity<string?, string?>("Nothing", _ => null)
            .Orchestrator("Run", async context =>
            {
                var number = await context.CallActivityAsync<int>("Nothing");
                await context.CallActivityAsync("Nothing");
                return number == 0 && context.GetInput<Order>() is null ? (string?)null : "something";
            }));

        var state = await engine.RunAsync("Run");
        Assert.Equal(OrchestrationRuntimeStatus.Completed, state.RuntimeStatus);
        Assert.Null(state.SerializedInput);
        Assert.Null(state.SerializedOutput);
        Assert.Equal(0, state.ReadOutputAs<int>());
    }

    [Fact]
    public async Task Options_in_the_place_of_the_input_are_a_mistake()
    {
        await using var engine = await StartAsync(e => e
            .Activity<string, int>("Any", _ => 1)
            .Orchestrator("Run", context => context.CallActivityAsync<int>("Any", (object)new TaskOptions())));

        Assert.True((await engine.RunAsync("Run")).FailureDetails!.IsCausedBy<ArgumentException>());
    }

    [Fact]
    public async Task A_failure_with_a_hundred_thousand_causes_is_a_failure_like_any_other()
    {
        await using var engine = await StartAsync(e => e
            .Activity<string, string>("Break", _ =>
            {
                var failure = new InvalidOperationException("first");
                for (var i = 0; i < 100_000; i++)
                {
                    failure = new InvalidOperationException("next", failure);
                }

                throw failure;
            })
            .Orchestrator("Run", context => context.CallActivityAsync<string>("Break", "")));

        var details = (await engine.RunAsync("Run")).FailureDetails!.InnerFailure!;
        Assert.Equal("next", details.InnerFailure!.ErrorMessage);
    }
}
