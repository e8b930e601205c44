using System.Text.Json;
using Azure;
using Launchpad.Host.Worker;
using Launchpad.Host.Worker.Protocol;

namespace Launchpad.Host.Timers;

/// <summary>One timer: sleeps until its next run, runs, records, and never runs twice at the same time.</summary>
internal sealed class TimerFunction
{
    // A long sleep is taken in parts, so that a change of the wall clock is noticed.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(10);

    private readonly AppWorker _app;
    private readonly TimerRecords? _records;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly bool _runOnStartup;
    private volatile TimerStatus _status;

    public TimerFunction(
        AppFunction function, TimerSchedule schedule, AppWorker app, (TimeProvider Time, TimerRecords Records) clock, ILogger logger)
    {
        (Function, Schedule, _app, _time, _logger) = (function, schedule, app, clock.Time, logger);
        _runOnStartup = function.Property("runOnStartup")?.GetBoolean() ?? false;
        var isMonitored = function.Property("useMonitor")?.GetBoolean() ?? true;
        _records = isMonitored && !schedule.IsFasterThanAMinute(Now) ? clock.Records : null;
        _status = TimerStatus.First(schedule, Now);
    }

    public AppFunction Function { get; }

    public TimerSchedule Schedule { get; }

    public TimerStatus Status => _status;

    private DateTime Now => _time.GetUtcNow().UtcDateTime;

    public async Task RunAsync(CancellationToken stop)
    {
        var recorded = _records is null ? null : await _records.ReadAsync(Function.Name, stop);
        var now = Now;
        _status = recorded is null ? TimerStatus.First(Schedule, now) : TimerStatus.Resume(Schedule, recorded, now);
        await RecordAsync(stop);
        if (_records is not null && now > _status.Next)
        {
            _logger.LogInformation("{Function} is past due: it should have run at {Next:o}", Function.Name, _status.Next);
            await RunOnceAsync(isPastDue: true, stop);
        }
        else if (_runOnStartup)
        {
            await RunOnceAsync(isPastDue: false, stop);
        }

        while (!stop.IsCancellationRequested)
        {
            await SleepUntilAsync(_status.Next, stop);
            await RunOnceAsync(isPastDue: false, stop);
        }
    }

    /// <summary>Runs the function now because somebody asked, which changes nothing about its schedule.</summary>
    public Task FireAsync(CancellationToken stop) => InvokeAsync(isPastDue: false, stop);

    private async Task RunOnceAsync(bool isPastDue, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        var started = Now;
        await InvokeAsync(isPastDue, stop);

        // Recorded only now: a run that a crash cut short is a missed run.
        _status = TimerStatus.AfterRun(Schedule, started);
        await RecordAsync(stop);
    }

    private async Task RecordAsync(CancellationToken stop)
    {
        try
        {
            await (_records?.WriteAsync(Function.Name, _status, stop) ?? Task.CompletedTask);
        }
        catch (Exception failure) when (failure is RequestFailedException or AggregateException)
        {
            // Costs the knowledge of a missed run if the process ends now; stopping the schedule would cost every run.
            _logger.LogError(failure, "The record of timer {Function} could not be written", Function.Name);
        }
    }

    private async Task InvokeAsync(bool isPastDue, CancellationToken stop)
    {
        var info = JsonSerializer.Serialize(new
        {
            Schedule = new { AdjustForDST = true },
            ScheduleStatus = _records is null ? null : _status,
            IsPastDue = isPastDue,
        });
        try
        {
            var response = await _app.InvokeAsync(Function, new() { Json = info }, [], stop);
            stop.ThrowIfCancellationRequested();
            if (response.Result.Status is not StatusResult.Types.Status.Success)
            {
                // A failed run does not end the schedule.
                _logger.LogError("Executed {Function} (Failed): {Failure}", Function.Name, response.Result.Exception?.Message);
            }
        }
        catch (WorkerGoneException gone)
        {
            _logger.LogError(gone, "Executed {Function} (Failed)", Function.Name);
        }
    }

    private async Task SleepUntilAsync(DateTime due, CancellationToken stop)
    {
        for (var left = due - Now; left > TimeSpan.Zero; left = due - Now)
        {
            // Timers count whole milliseconds; rounding up is what keeps a run from being early.
            var sleep = TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));
            await Task.Delay(sleep < LongestSleep ? sleep : LongestSleep, _time, stop);
        }
    }
}
