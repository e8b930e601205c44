namespace Launchpad.Durable.Contract;

public abstract class TimerContract(Hub hub) : ContractSuite(hub)
{
    [Function(nameof(Lateness))]
    public static async Task<List<double>> Lateness([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var late = new List<double>();
        foreach (var milliseconds in new[] { 0, 1, 10, 40 })
        {
            var at = context.CurrentUtcDateTime.AddMilliseconds(milliseconds);
            await context.CreateTimer(at, CancellationToken.None);
            late.Add((context.CurrentUtcDateTime - at).TotalMilliseconds);
        }

        return late;
    }

    [Fact]
    public async Task A_timer_is_never_early() =>
        Assert.All(await ResultAsync<double[]>(nameof(Lateness)), late => Assert.InRange(late, 0, 10_000));

    [Function(nameof(CancelTimer))]
    public static async Task<string> CancelTimer([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        using var cancellation = new CancellationTokenSource();
        var timer = context.CreateTimer(TimeSpan.FromDays(1), cancellation.Token);
        await context.CreateTimer(TimeSpan.FromMilliseconds(1), CancellationToken.None);
        cancellation.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => timer);
        return "cancelled";
    }

    [Fact]
    public async Task A_cancelled_timer_throws_and_does_not_hold_the_orchestration_open() =>
        Assert.Equal("cancelled", await ResultAsync<string>(nameof(CancelTimer)));

    [Function(nameof(LeaveTimer))]
    public static async Task<double> LeaveTimer([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        if (context.GetInput<int>() == 0)
        {
            using var cancellation = new CancellationTokenSource();
            _ = context.CreateTimer(TimeSpan.FromMilliseconds(50), cancellation.Token);
            cancellation.Cancel();
            context.ContinueAsNew(1);
            return 0;
        }

        var at = context.CurrentUtcDateTime.AddMilliseconds(500);
        await context.CreateTimer(at, CancellationToken.None);
        return (context.CurrentUtcDateTime - at).TotalMilliseconds;
    }

    [Fact]
    public async Task A_timer_left_by_one_generation_does_not_fire_that_of_the_next() =>
        Assert.InRange(await ResultAsync<double>(nameof(LeaveTimer), 0), 0, 10_000);

    [Function(nameof(ManyTimers))]
    public static async Task<double> ManyTimers([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var at = context.CurrentUtcDateTime.AddMilliseconds(200);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => context.CreateTimer(at, CancellationToken.None)));
        return (context.CurrentUtcDateTime - at).TotalMilliseconds;
    }

    [Fact]
    public async Task A_hundred_timers_due_at_once_fire_once_each() =>
        Assert.InRange(await ResultAsync<double>(nameof(ManyTimers)), 0, 20_000);

    [Function(nameof(PastAndForever))]
    public static async Task<string> PastAndForever([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        await context.CreateTimer(context.CurrentUtcDateTime.AddYears(-1), CancellationToken.None);
        context.SetCustomStatus("past");
        await context.CreateTimer(context.CurrentUtcDateTime.AddYears(10), CancellationToken.None);
        return "";
    }

    [Fact]
    public async Task A_timer_in_the_past_fires_at_once_and_one_of_ten_years_waits()
    {
        var id = await StartAsync(nameof(PastAndForever));
        await UntilSaysAsync(id, "past");
        await Task.Delay(100);
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await Client.GetInstanceAsync(id))!.RuntimeStatus);
        await Client.TerminateInstanceAsync(id);
        Assert.Equal(OrchestrationRuntimeStatus.Terminated, (await EndAsync(id)).RuntimeStatus);
    }
}
