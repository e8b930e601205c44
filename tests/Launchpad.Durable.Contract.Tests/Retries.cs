using Launchpad.Durable.Contract.App;

namespace Launchpad.Durable.Contract;

public abstract class RetryContract(Hub hub) : ContractSuite(hub)
{
    public sealed record Flaky(string Key, int Fails);

    [Function(nameof(TryFlaky))]
    public static int TryFlaky([ActivityTrigger] Flaky flaky) => Journal.Next(flaky.Key) is var attempt && attempt > flaky.Fails
        ? attempt
        : throw new TimeoutException($"try {attempt}");

    private static Task<int> Try(TaskOrchestrationContext context, int fails, TaskOptions options) =>
        context.CallActivityAsync<int>(nameof(TryFlaky), new Flaky(context.InstanceId, fails), options);

    private static TaskOptions Policy(int attempts) => TaskOptions.FromRetryPolicy(new(attempts, TimeSpan.FromMilliseconds(5)));

    [Function(nameof(Persist))]
    public static Task<int> Persist([OrchestrationTrigger] TaskOrchestrationContext context) => Try(context, 2, Policy(5));

    [Fact]
    public async Task A_policy_tries_again_until_it_works() => Assert.Equal(3, await ResultAsync<int>(nameof(Persist)));

    [Function(nameof(GiveUp))]
    public static Task<int> GiveUp([OrchestrationTrigger] TaskOrchestrationContext context) => Try(context, 99, Policy(3));

    [Fact]
    public async Task A_policy_gives_up_after_its_last_attempt_with_the_last_failure()
    {
        var state = await RunAsync(nameof(GiveUp));
        Assert.EndsWith("try 3", Failure(state), StringComparison.Ordinal);
        Assert.Equal(3, Hub.Count(state.InstanceId));
    }

    [Function(nameof(Refuse))]
    public static Task<int> Refuse([OrchestrationTrigger] TaskOrchestrationContext context) => Try(context, 99, TaskOptions.FromRetryPolicy(
        new(5, TimeSpan.FromMilliseconds(1)) { HandleFailure = failure => !failure.IsCausedBy<TimeoutException>() }));

    [Fact]
    public async Task A_policy_asks_its_predicate()
    {
        var state = await RunAsync(nameof(Refuse));
        Assert.Equal((OrchestrationRuntimeStatus.Failed, 1), (state.RuntimeStatus, Hub.Count(state.InstanceId)));
    }

    [Function(nameof(TooLate))]
    public static Task<int> TooLate([OrchestrationTrigger] TaskOrchestrationContext context) => Try(context, 999, TaskOptions.FromRetryPolicy(
        new(1000, TimeSpan.FromMilliseconds(100), retryTimeout: TimeSpan.FromMilliseconds(500))));

    [Fact]
    public async Task A_policy_gives_up_at_its_deadline()
    {
        var state = await RunAsync(nameof(TooLate));
        Assert.Equal(OrchestrationRuntimeStatus.Failed, state.RuntimeStatus);
        // Not exactly how often: a timer of Azure Storage may be early, by less than a second.
        Assert.InRange(Hub.Count(state.InstanceId), 1, 100);
    }

    [Function(nameof(Handle))]
    public static Task<int> Handle([OrchestrationTrigger] TaskOrchestrationContext context) =>
        Try(context, 3, TaskOptions.FromRetryHandler(async retry =>
        {
            Assert.StartsWith("try ", retry.LastFailure.ErrorMessage, StringComparison.Ordinal);
            await retry.OrchestrationContext.CreateTimer(TimeSpan.FromMilliseconds(5), retry.CancellationToken);
            return retry.LastAttemptNumber < context.GetInput<int>();
        }));

    [Theory]
    [InlineData(9, OrchestrationRuntimeStatus.Completed, 4)]
    [InlineData(2, OrchestrationRuntimeStatus.Failed, 2)]
    public async Task A_handler_decides_with_durable_tasks_of_its_own(int attempts, OrchestrationRuntimeStatus end, int tries)
    {
        var state = await RunAsync(nameof(Handle), attempts);
        Assert.Equal((end, tries), (state.RuntimeStatus, Hub.Count(state.InstanceId)));
    }

    [Function(nameof(Numbers))]
    public static async Task<List<int>> Numbers([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var numbers = new List<int>();
        foreach (var options in new[] { Policy(1), Policy(2), new TaskOptions() })
        {
            try
            {
                await Try(context, 99, options);
            }
            catch (TaskFailedException failure)
            {
                numbers.Add(failure.TaskId);
            }
        }

        return numbers;
    }

    [Fact]
    public async Task Attempts_and_the_waits_between_them_count_as_tasks()
    {
        // 0 and its last timer 1; 2, the wait 3, 4 and its last timer 5; 6.
        int[] numbers = await ResultAsync<int[]>(nameof(Numbers));
        Assert.Equal([0, 4, 6], numbers);
    }

    [Function(nameof(FlakyChild))]
    public static string FlakyChild([OrchestrationTrigger] TaskOrchestrationContext context) => context.IsReplaying
        || Journal.Next(context.InstanceId) < 3 ? throw new TimeoutException() : context.InstanceId;

    [Function(nameof(FlakyParent))]
    public static Task<string> FlakyParent([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.CallSubOrchestratorAsync<string>(
            nameof(FlakyChild), null, new SubOrchestrationOptions(Policy(5), $"{context.InstanceId}-only"));

    [Fact]
    public async Task A_child_is_tried_again_under_its_id()
    {
        var state = await RunAsync(nameof(FlakyParent));
        Assert.Equal($"{state.InstanceId}-only", state.ReadOutputAs<string>());
        Assert.Equal(3, Hub.Count($"{state.InstanceId}-only"));
    }

    [Function(nameof(NotANumber))]
    public static string NotANumber([ActivityTrigger] string key) => $"not a number, {Journal.Next(key)}";

    [Function(nameof(ReadAsNumber))]
    public static Task<int> ReadAsNumber([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.CallActivityAsync<int>(nameof(NotANumber), context.InstanceId, Policy(3));

    [Fact]
    public async Task A_policy_tries_again_when_the_result_cannot_be_read()
    {
        var state = await RunAsync(nameof(ReadAsNumber));
        Assert.Equal((OrchestrationRuntimeStatus.Failed, 3), (state.RuntimeStatus, Hub.Count(state.InstanceId)));
    }
}
