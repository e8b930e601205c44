using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

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

    [Fact]
    public async Task A_timer_in_the_past_fires_at_once_and_one_at_the_end_of_time_never()
    {
        await using var engine = await StartAsync(e => e.Orchestrator("Run", async context =>
        {
            await context.CreateTimer(context.CurrentUtcDateTime.AddYears(-1), CancellationToken.None);
            await context.CreateTimer(DateTime.MinValue, CancellationToken.None);
            context.SetCustomStatus("past");
            await context.CreateTimer(DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc), CancellationToken.None);
            return "";
        }));

        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run");
        await engine.UntilAsync(id, state => state.ReadCustomStatusAs<string>() == "past");
        await engine.RestartAsync();
        await Task.Delay(50);
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await engine.Client.GetInstanceAsync(id))!.RuntimeStatus);
        await engine.Client.TerminateInstanceAsync(id);
        Assert.Equal(OrchestrationRuntimeStatus.Terminated, (await engine.EndAsync(id)).RuntimeStatus);
    }
}
