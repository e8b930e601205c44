using Microsoft.DurableTask;

namespace Launchpad.Durable.Contract;

public abstract class TimerContract(Func<EngineSettings, EngineUnderTest> create) : ContractSuite(create)
{
    [Fact]
    public async Task A_timer_is_never_early()
    {
        await using var engine = await StartAsync(e => e.Orchestrator("Run", async context =>
        {
            var due = new List<double>();
            foreach (var milliseconds in new[] { 0, 1, 3, 10, 40 })
            {
                var at = context.CurrentUtcDateTime.AddMilliseconds(milliseconds);
                await context.CreateTimer(at, CancellationToken.None);
                due.Add((context.CurrentUtcDateTime - at).TotalMilliseconds);
            }

            return due;
        }));

        Assert.All(await engine.ResultAsync<double[]>("Run"), late => Assert.InRange(late, 0, 5000));
    }

    [Fact]
    public async Task A_cancelled_timer_throws_and_does_not_hold_the_orchestration_open()
    {
        await using var engine = await StartAsync(e => e.Orchestrator("Run", async context =>
        {
            using var cancellation = new CancellationTokenSource();
            var timer = context.CreateTimer(TimeSpan.FromDays(1), cancellation.Token);
            await context.CreateTimer(TimeSpan.FromMilliseconds(1), CancellationToken.None);
            cancellation.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => timer);
            return "cancelled";
        }));

        Assert.Equal("cancelled", await engine.ResultAsync<string>("Run"));
    }

    [Fact]
    public async Task A_timer_left_by_one_generation_does_not_fire_that_of_the_next()
    {
        await using var engine = await StartAsync(e => e.Orchestrator("Run", async context =>
        {
            if (context.GetInput<int>() == 0)
            {
                using var cancellation = new CancellationTokenSource();
                _ = context.CreateTimer(TimeSpan.FromMilliseconds(50), cancellation.Token);
                cancellation.Cancel();
                context.ContinueAsNew(1);
                return 0.0;
            }

            var at = context.CurrentUtcDateTime.AddMilliseconds(300);
            await context.CreateTimer(at, CancellationToken.None);
            return (context.CurrentUtcDateTime - at).TotalMilliseconds;
        }));

        Assert.InRange(await engine.ResultAsync<double>("Run", 0), 0, 5000);
    }

    [Fact]
    public async Task Ten_thousand_timers_due_at_once_fire_once_each()
    {
        await using var engine = await StartAsync(e => e.Orchestrator("Run", async context =>
        {
            var at = context.CurrentUtcDateTime.AddMilliseconds(200);
            await Task.WhenAll(Enumerable.Range(0, 10_000).Select(_ => context.CreateTimer(at, CancellationToken.None)));
            return (context.CurrentUtcDateTime - at).TotalMilliseconds;
        }));

        Assert.InRange(await engine.ResultAsync<double>("Run"), 0, 5000);
    }
}
