using System.Text.Json;

namespace Launchpad.Durable.Contract;

public abstract class ActivityContract(Hub hub) : ContractSuite(hub)
{
    public sealed record Order(string Item, int Count, decimal Price);

    [Function(nameof(SayHello))]
    public static string SayHello([ActivityTrigger] string city) => $"Hello {city}!";

    [Function(nameof(HelloSequence))]
    public static async Task<List<string>> HelloSequence([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var said = new List<string>();
        foreach (var city in new[] { "Tokyo", "London", "Seattle", "Cairo", "Kyiv" })
        {
            said.Add(await context.CallActivityAsync<string>(nameof(SayHello), city));
        }

        return said;
    }

    [Fact]
    public async Task Activities_run_one_after_another_and_give_their_results() => Assert.Equal(
        ["Hello Tokyo!", "Hello London!", "Hello Seattle!", "Hello Cairo!", "Hello Kyiv!"],
        await ResultAsync<string[]>(nameof(HelloSequence)));

    [Function(nameof(Square))]
    public static int Square([ActivityTrigger] int n) => n * n;

    [Function(nameof(FanOut))]
    public static Task<int[]> FanOut([OrchestrationTrigger] TaskOrchestrationContext context) =>
        Task.WhenAll(Enumerable.Range(0, context.GetInput<int>()).Select(n => context.CallActivityAsync<int>(nameof(Square), n)));

    [Fact]
    public async Task A_fan_out_waits_for_all_and_keeps_their_order() =>
        Assert.Equal(Enumerable.Range(0, 100).Select(n => n * n), await ResultAsync<int[]>(nameof(FanOut), 100));

    [Function(nameof(OneMore))]
    public static Order OneMore([ActivityTrigger] Order order) => order with { Count = order.Count + 1 };

    [Function(nameof(OrderOneMore))]
    public static Task<Order> OrderOneMore([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.CallActivityAsync<Order>(nameof(OneMore), context.GetInput<Order>());

    [Fact]
    public async Task Inputs_and_results_cross_as_the_converter_writes_them()
    {
        var order = new Order("a \"quoted\" \u0000 \ud83d\ude80 item", 3, 12345678901234567.89m);
        var state = await RunAsync(nameof(OrderOneMore), order);
        Assert.Equal(order with { Count = 4 }, state.ReadOutputAs<Order>());
        Assert.Equal(order, state.ReadInputAs<Order>());
    }

    [Function(nameof(EchoJson))]
    public static JsonElement EchoJson([ActivityTrigger] JsonElement json) => json;

    [Function(nameof(CrossJson))]
    public static Task<JsonElement> CrossJson([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.CallActivityAsync<JsonElement>(nameof(EchoJson), context.GetInput<JsonElement>());

    [Theory]
    [InlineData("9007199254740993")]
    [InlineData("79228162514264337593543950335")]
    [InlineData("1e308")]
    [InlineData("""{"a":[1,{"b":null}],"text":"\u00e9","when":"2026-01-02T03:04:05.1234567+02:00"}""")]
    [InlineData("\"\"")]
    [InlineData("[]")]
    public async Task Any_json_crosses_as_it_is(string json)
    {
        var input = JsonElement.Parse(json);
        var state = await RunAsync(nameof(CrossJson), input);
        Assert.True(JsonElement.DeepEquals(input, JsonElement.Parse(state.SerializedOutput!)), state.SerializedOutput);
        Assert.True(JsonElement.DeepEquals(input, JsonElement.Parse(state.SerializedInput!)), state.SerializedInput);
    }

    [Function(nameof(Nothing))]
    public static string? Nothing([ActivityTrigger] string? input) => null;

    [Function(nameof(PassNothing))]
    public static async Task<string?> PassNothing([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var text = await context.CallActivityAsync<string?>(nameof(Nothing), input: null);
        var number = await context.CallActivityAsync<int>(nameof(Nothing));
        await context.CallActivityAsync(nameof(Nothing));
        return text is null && number == 0 && context.GetInput<Order>() is null ? null : "something";
    }

    [Fact]
    public async Task Nothing_is_no_text_and_reads_as_the_default()
    {
        var state = await RunAsync(nameof(PassNothing));
        Assert.Equal(OrchestrationRuntimeStatus.Completed, state.RuntimeStatus);
        Assert.Null(state.SerializedInput);
        Assert.Null(state.SerializedOutput);
        Assert.Equal(0, state.ReadOutputAs<int>());
    }

    [Function(nameof(EchoText))]
    public static string EchoText([ActivityTrigger] string text) => text;

    [Function(nameof(CrossText))]
    public static Task<string> CrossText([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.CallActivityAsync<string>(nameof(EchoText), context.GetInput<string>());

    [Theory]
    [InlineData(20_000)]
    [InlineData(1_000_000)]
    public async Task Large_texts_of_any_language_cross_whole(int bytes)
    {
        var text = string.Concat(Enumerable.Repeat("é漢🚀x", bytes / 10));
        var state = await RunAsync(nameof(CrossText), text);
        Assert.True(state.RuntimeStatus is OrchestrationRuntimeStatus.Completed, state.FailureDetails?.ToString());
        Assert.Equal(text, state.ReadOutputAs<string>());
        Assert.Equal(text, state.ReadInputAs<string>());
    }

    [Function(nameof(MixUp))]
    public static Task<int> MixUp([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.CallActivityAsync<int>(nameof(Square), (object)new TaskOptions());

    [Fact]
    public async Task Options_in_the_place_of_the_input_are_a_mistake() =>
        Assert.True((await RunAsync(nameof(MixUp))).FailureDetails!.IsCausedBy<ArgumentException>());
}
