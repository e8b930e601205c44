using System.Collections.Immutable;
using Launchpad.Host.Worker;

namespace Launchpad.Host.Timers;

/// <summary>Runs the app's timers while this host holds their lease.</summary>
internal sealed class TimerService(
    AppWorker app, IConfiguration settings, TimerLease lease, (TimeProvider Time, TimerRecords Records) clock, ILogger<TimerService> logger)
    : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _running = [];

    public ImmutableArray<TimerFunction> All { get; } =
    [
        .. app.Functions.Where(function => function.IsTriggeredBy("timerTrigger")).Select(function => new TimerFunction(
            function, TimerSchedule.Parse(function.Property("schedule")?.GetString() ?? "", settings), app, clock, logger)),
    ];

    public void Start()
    {
        if (!All.IsEmpty)
        {
            Keep(stop => lease.RunAsync(held => Task.WhenAll(All.Select(timer => WatchAsync(timer, timer.RunAsync, held))), stop));
        }
    }

    public void Fire(TimerFunction timer) => Keep(stop => WatchAsync(timer, timer.FireAsync, stop));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Task[] running;
        lock (_running)
        {
            running = [.. _running];
        }

        await Task.WhenAll(running);
        _stop.Dispose();
    }

    private void Keep(Func<CancellationToken, Task> run)
    {
        lock (_running)
        {
            _running.RemoveAll(task => task.IsCompleted);
            _running.Add(Task.Run(() => run(_stop.Token)));
        }
    }

    private async Task WatchAsync(TimerFunction timer, Func<CancellationToken, Task> run, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await run(stop);
                return;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // What a function throws ends in the timer, so this is the host's own trouble: its storage does not answer, say.
                logger.LogError(failure, "Timer {Function} could not be run and is begun again", timer.Function.Name);
            }

            await Task.Delay(Pause, clock.Time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
