using System.Text.Json;
using Azure;
using Launchpad.Host.Worker;
using Launchpad.Host.Worker.Protocol;

namespace Launchpad.Host.Timers;

/// <summary>One timer: sleeps until its next run, runs, records. Its schedule never runs it twice at the same time.</summary>
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
        AppFunction function, TimerSchedule schedule, AppWorker app, TimerClock clock, ILogger logger)
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

    /// <param name="stop">Ends it before the next run.</param>
    /// <param name="cut">Ends it in the middle of a run.</param>
    public async Task RunAsync(CancellationToken stop, CancellationToken cut)
    {
        var recorded = _records is null ? null : await _records.ReadAsync(Function.Name, stop);
        var now = Now;
        _status = recorded is null ? TimerStatus.First(Schedule, now) : TimerStatus.Resume(Schedule, recorded, now);
        await RecordAsync(stop);
        if (_records is not null && now > _status.Next)
        {
            _logger.LogInformation("{Function} is past due: it should have run at {Next:o}", Function.Name, _status.Next);
            await RunOnceAsync(isPastDue: true, cut);
        }
        else if (_runOnStartup)
        {
            await RunOnceAsync(isPastDue: false, cut);
        }

        while (true)
        {
            await SleepUntilAsync(_status.Next, stop);
            stop.ThrowIfCancellationRequested();
            await RunOnceAsync(isPastDue: false, cut);
        }
    }

    /// <summary>Runs the function now because somebody asked, which changes nothing about its schedule.</summary>
    public Task FireAsync(CancellationToken cut) => InvokeAsync(isPastDue: false, cut);

    private async Task RunOnceAsync(bool isPastDue, CancellationToken cut)
    {
        var started = Now;
        await InvokeAsync(isPastDue, cut);

        // Recorded only now: a run that was cut short is a missed run.
        _status = TimerStatus.AfterRun(Schedule, started);
        await RecordAsync(cut);
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

    private async Task InvokeAsync(bool isPastDue, CancellationToken cut)
    {
        var info = JsonSerializer.Serialize(new
        {
            Schedule = new { AdjustForDST = true },
            ScheduleStatus = _records is null ? null : _status,
            IsPastDue = isPastDue,
        });
        if (await FailureAsync(info, cut) is { } failure)
        {
            cut.ThrowIfCancellationRequested();

            // A failed run does not end the schedule.
            _logger.LogError("Executed {Function} (Failed): {Failure}", Function.Name, failure);
        }
    }

    private async Task<string?> FailureAsync(string info, CancellationToken cut)
    {
        try
        {
            var response = await _app.InvokeAsync(Function, new() { Json = info }, [], cut);
            return response.Result.Status is StatusResult.Types.Status.Success ? null : response.Result.Exception?.Message ?? "";
        }
        catch (Exception failure) when (failure is WorkerGoneException or InvocationFailedException)
        {
            return failure.Message;
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
