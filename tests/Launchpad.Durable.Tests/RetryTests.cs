using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Launchpad.Durable.Tests;

public sealed class RetryTests
{
    [Fact]
    public async Task A_policy_tries_again_until_it_works()
    {
        var tries = 0;
        await using var engine = await Engine.StartAsync(e => e
            .Activity<string, int>("Flaky", _ => ++tries < 3 ? throw new TimeoutException() : tries)
            .Orchestrator("Run", context => context.CallActivityAsync<int>("Flaky", "", Policy(5))));

        Assert.Equal(3, await engine.ResultAsync<int>("Run"));
    }

    [Fact]
    public async Task A_policy_gives_up_after_its_last_attempt_with_the_last_failure()
    {
        var tries = 0;
        await using var engine = await Engine.StartAsync(e => e
            .Activity<string, int>("Broken", _ => throw new TimeoutException($"try {++tries}"))
            .Orchestrator("Run", context => context.CallActivityAsync<int>("Broken", "", Policy(3))));

        var state = await engine.RunAsync("Run");
        Assert.Equal("try 3", state.FailureDetails!.InnerFailure!.ErrorMessage);
        Assert.Equal(3, tries);
    }

    [Fact]
    public async Task A_policy_waits_longer_each_time_up_to_its_limit()
    {
        var time = new ManualTime();
        var at = new List<DateTimeOffset>();
        await using var engine = await Engine.StartAsync(
            e => e
                .Activity<string, int>("Broken", _ =>
                {
                    at.Add(time.GetUtcNow());
                    throw new TimeoutException();
                })
                .Orchestrator("Run", context => context.CallActivityAsync<int>(
                    "Broken",
                    "",
                    TaskOptions.FromRetryPolicy(new(5, TimeSpan.FromSeconds(10), 2, TimeSpan.FromSeconds(30))))),
            time: time);

        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run");
        for (var attempt = 1; attempt < 5; attempt++)
        {
            await WaitForTimer(engine, id, attempt);
            time.Advance(TimeSpan.FromSeconds(attempt switch { 1 => 10, 2 => 20, _ => 30 }));
        }

        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await engine.EndAsync(id)).RuntimeStatus);
        Assert.Equal([10, 20, 30, 30], at.Zip(at.Skip(1), (a, b) => (b - a).TotalSeconds));
    }

    [Fact]
    public async Task A_policy_asks_its_predicate_and_its_deadline()
    {
        var tries = 0;
        await using var engine = await Engine.StartAsync(e => e
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
        await using var engine = await Engine.StartAsync(e => e
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

    private static async Task WaitForTimer(Engine engine, string id, int count) => await engine.UntilAsync(
        id, _ => engine.Running.HistoryAsync(id, default).Result.Count(row => row.Kind == "TimerCreated") == count);
}
