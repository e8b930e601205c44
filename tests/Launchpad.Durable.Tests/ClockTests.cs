using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Launchpad.Durable.Tests;

/// <summary>What the clock of the machine may do, and nobody notices.</summary>
public sealed class ClockTests
{
    [Theory]
    [InlineData(100)]
    [InlineData(36500)]
    public async Task A_timer_of_any_length_fires_once_even_over_a_restart(int days)
    {
        var time = new ManualTime();
        await using var engine = await Engine.StartAsync(
            e => e.Orchestrator("Run", async context =>
            {
                var before = context.CurrentUtcDateTime;
                await context.CreateTimer(TimeSpan.FromDays(days), CancellationToken.None);
                return (context.CurrentUtcDateTime - before).TotalDays;
            }),
            time: time);

        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run");
        await engine.UntilAsync(id, _ => engine.Running.PendingAsync(id, default).Result.Count == 1);
        time.Advance(TimeSpan.FromDays(days) - TimeSpan.FromTicks(1));
        await engine.RestartAsync();
        await Task.Delay(50);
        Assert.Single(await engine.Running.PendingAsync(id, default));

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.InRange((await engine.EndAsync(id)).ReadOutputAs<double>(), days, days + 1);
        Assert.Single(await engine.Running.HistoryAsync(id, default), row => row.Kind == "TimerFired");
    }

    [Fact]
    public async Task A_clock_that_goes_back_makes_nothing_early_and_never_shows_in_an_orchestrator()
    {
        var time = new ManualTime();
        await using var engine = await Engine.StartAsync(
            e => e.Orchestrator("Run", async context =>
            {
                var before = context.CurrentUtcDateTime;
                await context.WaitForExternalEvent<string>("go");
                return context.CurrentUtcDateTime >= before;
            }),
            time: time);

        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run");
        await engine.Client.WaitForInstanceStartAsync(id);
        time.Advance(TimeSpan.FromHours(-1));
        await engine.Client.RaiseEventAsync(id, "go", "");
        Assert.True((await engine.EndAsync(id)).ReadOutputAs<bool>());
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
    public async Task A_clock_that_jumps_a_year_fires_what_is_due_once_and_leaves_the_rest()
    {
        var time = new ManualTime();
        await using var engine = await Engine.StartAsync(
            e => e.Orchestrator("Run", async context =>
            {
                var begun = context.CurrentUtcDateTime;
                var timers = new[] { 1, 24, 9600 }.Select(hours => context.CreateTimer(begun.AddHours(hours), default)).ToList();
                await Task.WhenAll(timers[..2]);
                context.SetCustomStatus("two");
                await timers[2];
                return (context.CurrentUtcDateTime - begun).TotalHours;
            }),
            time: time);

        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run");
        await engine.UntilAsync(id, _ => engine.Running.PendingAsync(id, default).Result.Count == 3);
        time.Advance(TimeSpan.FromDays(365));
        await engine.UntilAsync(id, state => state.ReadCustomStatusAs<string>() == "two");
        time.Advance(TimeSpan.FromHours(-1));
        await engine.RestartAsync();
        await Task.Delay(50);
        Assert.Single(await engine.Running.PendingAsync(id, default));

        time.Advance(TimeSpan.FromDays(36));
        Assert.InRange((await engine.EndAsync(id)).ReadOutputAs<double>(), 9600, 9700);
        Assert.Equal(3, (await engine.Running.HistoryAsync(id, default)).Count(row => row.Kind == "TimerFired"));
    }

    [Fact]
    public async Task A_clock_that_goes_back_an_hour_makes_timers_and_starts_wait_for_their_own_time()
    {
        var time = new ManualTime();
        await using var engine = await Engine.StartAsync(
            e => e.Orchestrator("Run", async context =>
            {
                await context.CreateTimer(context.CurrentUtcDateTime.AddMinutes(30), CancellationToken.None);
                return "";
            }),
            time: time);

        var at = time.GetUtcNow().AddMinutes(30);
        await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run", new StartOrchestrationOptions("now"));
        await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run", new StartOrchestrationOptions("later", at));
        await engine.UntilAsync("now", _ => engine.Running.PendingAsync("now", default).Result.Count == 1);
        time.Advance(TimeSpan.FromHours(-1));
        time.Advance(TimeSpan.FromMinutes(90) - TimeSpan.FromTicks(1));
        await Task.Delay(50);
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await engine.Client.GetInstanceAsync("now"))!.RuntimeStatus);
        Assert.Equal(OrchestrationRuntimeStatus.Pending, (await engine.Client.GetInstanceAsync("later"))!.RuntimeStatus);

        time.Advance(TimeSpan.FromMilliseconds(1));
        await engine.EndAsync("now");
        await engine.UntilAsync("later", state => state.RuntimeStatus is OrchestrationRuntimeStatus.Running);
    }

    [Fact]
    public async Task A_machine_that_slept_through_many_timers_fires_each_once()
    {
        var time = new ManualTime();
        await using var engine = await Engine.StartAsync(
            e => e.Orchestrator("Run", async context =>
            {
                var begun = context.CurrentUtcDateTime;
                await Task.WhenAll(Enumerable.Range(1, 500).Select(minute => context.CreateTimer(begun.AddMinutes(minute), default)));
                return "";
            }),
            time: time);

        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run");
        await engine.UntilAsync(id, _ => engine.Running.PendingAsync(id, default).Result.Count == 500);
        time.Advance(TimeSpan.FromDays(365));
        await engine.EndAsync(id);
        Assert.Equal(500, (await engine.Running.HistoryAsync(id, default)).Count(row => row.Kind == "TimerFired"));
    }

    private static async Task WaitForTimer(Engine engine, string id, int count) => await engine.UntilAsync(
        id, _ => engine.Running.HistoryAsync(id, default).Result.Count(row => row.Kind == "TimerCreated") == count);
}
