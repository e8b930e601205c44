using System.Collections.Immutable;
using Launchpad.Host.Discovery;
using Launchpad.Host.Invocation;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Launchpad.Host.Timers;

/// <summary>Runs the app's timers from when the app is up until it stops.</summary>
internal sealed class TimerService : IHostedLifecycleService, IDisposable
{
    private readonly ILogger<TimerService> logger;
    private readonly CancellationTokenSource stop = new();
    private readonly List<Task> running = [];

    public TimerService(
        FunctionList functions, FunctionPipeline pipeline, IConfiguration settings, TimerClock clock, ILogger<TimerService> logger)
    {
        this.logger = logger;
        All =
        [
            .. functions.TriggeredBy<TimerTriggerAttribute>()
                .Select(timer => new TimerFunction(timer, TimerSchedule.Parse(timer.Trigger.Schedule, settings), pipeline, clock)),
        ];
    }

    public ImmutableArray<TimerFunction> All { get; }

    public void Fire(TimerFunction timer) => Keep(timer, timer.FireAsync);

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        foreach (var timer in All)
        {
            Keep(timer, timer.RunAsync);
        }

        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => stop.CancelAsync();

    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (running)
        {
            return Task.WhenAll(running).WaitAsync(cancellationToken);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => stop.Dispose();

    private void Keep(TimerFunction timer, Func<CancellationToken, Task> run)
    {
        lock (running)
        {
            running.RemoveAll(task => task.IsCompleted);
            running.Add(Task.Run(() => WatchAsync(timer, run)));
        }
    }

    private async Task WatchAsync(TimerFunction timer, Func<CancellationToken, Task> run)
    {
        try
        {
            await run(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            logger.LogDebug("Timer {Function} stopped", timer.Function.Name);
        }
        catch (Exception failure)
        {
            // What a function throws ends in the timer, so this is a fault of the host itself.
            logger.LogCritical(failure, "Timer {Function} has ended and will not run again before a restart", timer.Function.Name);
        }
    }
}
