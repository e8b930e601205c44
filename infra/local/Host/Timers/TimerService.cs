using System.Collections.Immutable;
using Launchpad.Host.Worker;

namespace Launchpad.Host.Timers;

/// <summary>Runs the app's timers while this host holds their lease.</summary>
internal sealed class TimerService(
    AppWorker app, IConfiguration settings, TimerLease lease, TimerClock clock, ILogger<TimerService> logger)
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
            Keep(() => lease.RunAsync(RunAllAsync, _stop.Token));
        }
    }

    public void Fire(TimerFunction timer) => Keep(() => WatchAsync(timer, () => timer.FireAsync(clock.Deadline), _stop.Token));

    /// <summary>Begins no run any more, and waits for those that are under way.</summary>
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

    private async Task RunAllAsync(CancellationToken lost)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, lost);
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(clock.Deadline, lost);
        await Task.WhenAll(All.Select(timer => WatchAsync(timer, () => timer.RunAsync(end.Token, cut.Token), end.Token)));
    }

    private void Keep(Func<Task> run)
    {
        lock (_running)
        {
            _running.RemoveAll(task => task.IsCompleted);
            _running.Add(Task.Run(run));
        }
    }

    private async Task WatchAsync(TimerFunction timer, Func<Task> run, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await run();
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

/// <summary>What all timers go by.</summary>
/// <param name="Time">The clock.</param>
/// <param name="Records">What ran when.</param>
/// <param name="Deadline">Until when a run that is under way may go on once the host stops.</param>
internal sealed record TimerClock(TimeProvider Time, TimerRecords Records, CancellationToken Deadline);
