using System.Text.Json;
using Launchpad.Host.Discovery;
using Launchpad.Host.Invocation;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace Launchpad.Host.Timers;

/// <summary>One timer: sleeps until its next run, runs, records, and never runs twice at the same time.</summary>
internal sealed class TimerFunction
{
    // A long sleep is taken in parts, so that a change of the wall clock is noticed.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(10);

    private readonly TimerTriggerAttribute trigger;
    private readonly FunctionPipeline pipeline;
    private readonly TimerRecords? records;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Lock gate = new();
    private ScheduleStatus status;

    public TimerFunction(
        (Function Function, TimerTriggerAttribute Trigger) timer, TimerSchedule schedule, FunctionPipeline pipeline, TimerClock clock)
    {
        (Function, trigger) = timer;
        Schedule = schedule;
        this.pipeline = pipeline;
        time = clock.Time;
        records = trigger.UseMonitor && !schedule.IsFasterThanAMinute(Now) ? clock.Records : null;
        logger = pipeline.Logger(Function);
        status = TimerStatus.First(schedule, Now);
    }

    public Function Function { get; }

    public TimerSchedule Schedule { get; }

    public ScheduleStatus Status
    {
        get
        {
            lock (gate)
            {
                return status;
            }
        }

        private set
        {
            lock (gate)
            {
                status = value;
            }
        }
    }

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    public async Task RunAsync(CancellationToken stop)
    {
        var recorded = records?.Read(Function.Name);
        var now = Now;
        Status = recorded is null ? TimerStatus.First(Schedule, now) : TimerStatus.Resume(Schedule, recorded, now);
        Record();
        if (records is not null && now > Status.Next)
        {
            logger.LogInformation("{Function} is past due: it should have run at {Next:o}", Function.Name, Status.Next);
            await RunOnceAsync(isPastDue: true, stop);
        }
        else if (trigger.RunOnStartup)
        {
            await RunOnceAsync(isPastDue: false, stop);
        }

        while (!stop.IsCancellationRequested)
        {
            await SleepUntilAsync(Status.Next, stop);
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
        Status = TimerStatus.AfterRun(Schedule, started);
        Record();
    }

    private void Record()
    {
        try
        {
            records?.Write(Function.Name, Status);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Costs the knowledge of a missed run if the process ends now; stopping the schedule would cost every run.
            logger.LogError(failure, "The record of timer {Function} could not be written", Function.Name);
        }
    }

    private async Task InvokeAsync(bool isPastDue, CancellationToken stop)
    {
        var info = new TimerInfo { IsPastDue = isPastDue, ScheduleStatus = records is null ? null : Status };
        await using var invocation = pipeline.Begin(Function, new TriggerInput(JsonSerializer.Serialize(info)), stop);
        try
        {
            await pipeline.RunAsync(invocation);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The process is stopping. Not recorded, so that the next start finds this run missed.
            throw;
        }
        catch (Exception failure)
        {
            // A failed run does not end the schedule.
            logger.LogError(failure, "Executed {Function} (Failed, Id={InvocationId})", Function.Name, invocation.InvocationId);
        }
    }

    private async Task SleepUntilAsync(DateTime due, CancellationToken stop)
    {
        for (var left = due - Now; left > TimeSpan.Zero; left = due - Now)
        {
            // Timers count whole milliseconds; rounding up is what keeps a run from being early.
            var sleep = TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));
            await Task.Delay(sleep < LongestSleep ? sleep : LongestSleep, time, stop);
        }
    }
}

/// <summary>The time that timers go by, and where they keep what they must not forget.</summary>
internal sealed record TimerClock(TimeProvider Time, TimerRecords Records);
