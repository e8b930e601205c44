using System.Text.Json;

namespace Launchpad.Durable.Contract;

public abstract class FailureContract(Hub hub) : ContractSuite(hub)
{
    [Function(nameof(Break))]
    public static string Break([ActivityTrigger] string message)
    {
        try
        {
            throw new ArgumentNullException(nameof(message), "inner");
        }
        catch (ArgumentNullException cause)
        {
            throw new InvalidOperationException(message, cause);
        }
    }

    [Function(nameof(LetFail))]
    public static Task<string> LetFail([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.CallActivityAsync<string>(nameof(Break), context.GetInput<string>());

    /// <summary>The client is told what failed and not why: causes are for orchestrators.</summary>
    [Fact]
    public async Task A_client_sees_the_type_the_message_and_the_stack_of_a_failure()
    {
        var state = await RunAsync(nameof(LetFail), "outer");
        Assert.Equal(OrchestrationRuntimeStatus.Failed, state.RuntimeStatus);
        var details = state.FailureDetails!;
        Assert.Equal(typeof(TaskFailedException).FullName, details.ErrorType);
        Assert.Equal("Task 'Break' (#0) failed with an unhandled exception: outer", details.ErrorMessage);
        Assert.NotEmpty(details.StackTrace!);
        Assert.Null(details.InnerFailure);
    }

    [Function(nameof(Causes))]
    public static async Task<string> Causes([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        try
        {
            return await context.CallActivityAsync<string>(nameof(Break), "outer");
        }
        catch (TaskFailedException failure)
        {
            var details = failure.FailureDetails;
            return string.Join('|', failure.TaskName, failure.TaskId, details.ErrorType, details.ErrorMessage,
                details.InnerFailure?.ErrorType, details.InnerFailure?.ErrorMessage, details.IsCausedBy<InvalidOperationException>(),
                details.InnerFailure?.IsCausedBy<ArgumentException>(), details.InnerFailure?.IsCausedBy<TimeoutException>(),
                details.StackTrace?.Contains(nameof(Break), StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task An_orchestrator_may_catch_a_failure_and_ask_for_its_causes() => Assert.Equal(
        "Break|0|System.InvalidOperationException|outer|System.ArgumentNullException|inner (Parameter 'message')|True|True|False|True",
        await ResultAsync<string>(nameof(Causes)));

    [Function(nameof(ChildCauses))]
    public static async Task<List<string>> ChildCauses([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var chain = new List<string>();
        try
        {
            await context.CallSubOrchestratorAsync<string>(nameof(LetFail), "outer");
        }
        catch (TaskFailedException failure)
        {
            for (var details = failure.FailureDetails; details is not null; details = details.InnerFailure)
            {
                chain.Add(details.ErrorMessage);
            }
        }

        return chain;
    }

    [Fact]
    public async Task A_failure_below_a_child_crosses_both_borders_with_its_causes() => Assert.Equal(
        ["Task 'Break' (#0) failed with an unhandled exception: outer", "outer", "inner (Parameter 'message')"],
        await ResultAsync<string[]>(nameof(ChildCauses)));

    [Function(nameof(BreakLoudly))]
    public static string BreakLoudly([ActivityTrigger] int length) => throw new InvalidOperationException(new string('x', length));

    [Function(nameof(LetFailLoudly))]
    public static Task<string> LetFailLoudly([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.CallActivityAsync<string>(nameof(BreakLoudly), 200_000);

    [Fact]
    public async Task A_failure_of_many_words_is_told_whole()
    {
        var state = await RunAsync(nameof(LetFailLoudly));
        Assert.Equal(OrchestrationRuntimeStatus.Failed, state.RuntimeStatus);
        Assert.EndsWith(new string('x', 200_000), state.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }

    [Function(nameof(BreakDeeply))]
    public static string BreakDeeply([ActivityTrigger] int depth)
    {
        var failure = new InvalidOperationException("last");
        for (var i = 1; i < depth; i++)
        {
            failure = new InvalidOperationException("next", failure);
        }

        throw failure;
    }

    [Function(nameof(LetFailDeeply))]
    public static async Task<int> LetFailDeeply([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        try
        {
            await context.CallActivityAsync<string>(nameof(BreakDeeply), 12);
        }
        catch (TaskFailedException failure)
        {
            var depth = 0;
            for (var details = failure.FailureDetails; details is not null; details = details.InnerFailure)
            {
                depth++;
            }

            return depth;
        }

        return 0;
    }

    [Fact]
    public async Task All_causes_of_a_failure_cross() => Assert.Equal(12, await ResultAsync<int>(nameof(LetFailDeeply)));

    [Function(nameof(CallNowhere))]
    public static Task<string> CallNowhere([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.CallActivityAsync<string>("Nowhere");

    [Fact]
    public async Task An_activity_that_does_not_exist_fails_the_orchestration_with_its_name()
    {
        var state = await RunAsync(nameof(CallNowhere));
        Assert.Equal(OrchestrationRuntimeStatus.Failed, state.RuntimeStatus);
        Assert.Contains("'Nowhere'", state.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }

    public sealed class Loop
    {
        public Loop Self => this;
    }

    [Function(nameof(GiveLoop))]
    public static Loop GiveLoop([ActivityTrigger] string input) => new();

    [Function(nameof(TakeLoop))]
    public static Task<object> TakeLoop([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.CallActivityAsync<object>(nameof(GiveLoop), "");

    [Fact]
    public async Task A_result_that_cannot_be_serialized_is_a_failure()
    {
        var state = await RunAsync(nameof(TakeLoop));
        Assert.True(state.RuntimeStatus is OrchestrationRuntimeStatus.Failed, state.SerializedOutput);
        Assert.Contains("cycle", state.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }

    [Function(nameof(ThrowAtOnce))]
    public static string ThrowAtOnce([OrchestrationTrigger] TaskOrchestrationContext context) =>
        throw new TimeoutException(context.GetInput<string>(), new JsonException("cause"));

    [Fact]
    public async Task An_orchestrator_that_throws_fails_with_what_it_threw()
    {
        var state = await RunAsync(nameof(ThrowAtOnce), "too late");
        Assert.Equal(OrchestrationRuntimeStatus.Failed, state.RuntimeStatus);
        Assert.Equal((typeof(TimeoutException).FullName, "too late"), (state.FailureDetails!.ErrorType, state.FailureDetails.ErrorMessage));
    }
}
