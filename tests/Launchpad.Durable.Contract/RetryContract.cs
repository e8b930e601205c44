using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Launchpad.Durable.Contract;

public abstract class RetryContract(Func<EngineSettings, EngineUnderTest> create) : ContractSuite(create)
{
    [Fact]
    public async Task A_policy_tries_again_until_it_works()
    {
        var tries = 0;
        await using var engine = await StartAsync(e => e
            .Activity<string, int>("Flaky", _ => ++tries < 3 ? throw new TimeoutException() : tries)
            .Orchestrator("Run", context => context.CallActivityAsync<int>("Flaky", "", Policy(5))));

        Assert.Equal(3, await engine.ResultAsync<int>("Run"));
    }

    [Fact]
    public async Task A_policy_gives_up_after_its_last_attempt_with_the_last_failure()
    {
        var tries = 0;
        await using var engine = await StartAsync(e => e
            .Activity<string, int>("Broken", _ => throw new TimeoutException($"try {++tries}"))
            .Orchestrator("Run", context => context.CallActivityAsync<int>("Broken", "", Policy(3))));

        var state = await engine.RunAsync("Run");
        Assert.Equal("try 3", state.FailureDetails!.InnerFailure!.ErrorMessage);
        Assert.Equal(3, tries);
    }

    [Fact]
    public async Task A_policy_asks_its_predicate_and_its_deadline()
    {
        var tries = 0;
        await using var engine = await StartAsync(e => e
            .Activity<string, int>("Broken", _ => ++tries > 0 ? throw new TimeoutException() : 0)
            .Orchestrator("Refused", context => context.CallActivityAsync<int>("Broken", "", TaskOptions.FromRetryPolicy(
                new(5, TimeSpan.FromMilliseconds(1)) { HandleFailure = failure => !failure.IsCausedBy<TimeoutException>() })))
            .Orchestrator("Late", context => context.CallActivityAsync<int>("Broken", "", TaskOptions.FromRetryPolicy(
                new(1000, TimeSpan.FromMilliseconds(20), retryTimeout: TimeSpan.FromMilliseconds(100))))));

        await engine.RunAsync("Refused");
        Assert.Equal(1, tries);
        tries = 0;
        await engine.RunAsync("Late");
        Assert.InRange(tries, 2, 7);
    }

    [Fact]
    public async Task A_handler_decides_with_durable_tasks_of_its_own()
    {
        var tries = 0;
        await using var engine = await StartAsync(e => e
            .Activity<string, int>("Flaky", _ => ++tries < 4 ? throw new TimeoutException("again") : tries)
            .Orchestrator("Run", context => context.CallActivityAsync<int>("Flaky", "", TaskOptions.FromRetryHandler(async retry =>
            {
                Assert.Equal("again", retry.LastFailure.ErrorMessage);
                await retry.OrchestrationContext.CreateTimer(TimeSpan.FromMilliseconds(5), retry.CancellationToken);
                return retry.LastAttemptNumber < 4;
            })))
            .Orchestrator("Never", context => context.CallActivityAsync<int>("Flaky", "", TaskOptions.FromRetryHandler(_ => false))));

        Assert.Equal(4, await engine.ResultAsync<int>("Run"));
        tries = 0;
        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await engine.RunAsync("Never")).RuntimeStatus);
        Assert.Equal(1, tries);
    }

    [Fact]
    public void A_policy_checks_its_numbers()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetryPolicy(0, TimeSpan.FromSeconds(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetryPolicy(1, TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetryPolicy(1, TimeSpan.FromSeconds(1), 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetryPolicy(1, TimeSpan.FromSeconds(2), 1, TimeSpan.FromSeconds(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetryPolicy(1, TimeSpan.FromSeconds(2), 1, null, TimeSpan.FromSeconds(1)));
        Assert.Equal(Timeout.InfiniteTimeSpan, new RetryPolicy(1, TimeSpan.FromSeconds(1)).RetryTimeout);
        Assert.Equal(TimeSpan.FromHours(1), new RetryPolicy(1, TimeSpan.FromSeconds(1)).MaxRetryInterval);
    }

    private static TaskOptions Policy(int attempts) => TaskOptions.FromRetryPolicy(new(attempts, TimeSpan.FromMilliseconds(5)));

    [Fact]
    public async Task Tasks_after_one_that_was_given_up_have_the_numbers_that_durable_task_gives_them()
    {
        await using var engine = await StartAsync(e => e
            .Activity<string, int>("Broken", _ => throw new TimeoutException())
            .Orchestrator("Run", async context =>
            {
                var numbers = new List<int>();
                foreach (var options in new[] { Policy(1), Policy(2), null })
                {
                    try
                    {
                        await context.CallActivityAsync<int>("Broken", "", options);
                    }
                    catch (TaskFailedException failure)
                    {
                        numbers.Add(failure.TaskId);
                    }
                }

                return numbers;
            }));

        // 0 and its last timer 1; 2, the wait 3, 4 and its last timer 5; 6.
        int[] numbers = await engine.ResultAsync<int[]>("Run");
        Assert.Equal([0, 4, 6], numbers);
    }

    [Fact]
    public async Task A_policy_tries_again_when_the_result_cannot_be_read_unless_it_has_a_predicate_for_failures()
    {
        var tries = 0;
        await using var engine = await StartAsync(e => e
            .Activity<string, string>("Text", _ => $"not a number, {++tries}")
            .Orchestrator("Run", context => context.CallActivityAsync<int>("Text", "", Policy(3)))
            .Orchestrator("Picky", context => context.CallActivityAsync<int>("Text", "", TaskOptions.FromRetryPolicy(
                new(3, TimeSpan.FromMilliseconds(1)) { HandleFailure = _ => true }))));

        Assert.True((await engine.RunAsync("Run")).FailureDetails!.IsCausedBy<System.Text.Json.JsonException>());
        Assert.Equal(3, tries);
        Assert.True((await engine.RunAsync("Picky")).FailureDetails!.IsCausedBy<System.Text.Json.JsonException>());
        Assert.Equal(4, tries);
    }

    [Fact]
    public async Task A_child_is_tried_again_under_its_id()
    {
        var tries = 0;
        await using var engine = await StartAsync(e => e
            .Orchestrator("Child", context => ++tries < 3 ? throw new TimeoutException() : Task.FromResult(context.InstanceId))
            .Orchestrator("Parent", context => context.CallSubOrchestratorAsync<string>(
                "Child", null, new SubOrchestrationOptions(Policy(5), "only"))));

        Assert.Equal("only", await engine.ResultAsync<string>("Parent"));
        Assert.Equal(3, tries);
    }
}
