using System.Diagnostics;

namespace Launchpad.Host.Tests;

/// <summary>A clock that stands still until it is told otherwise, and then stops at every timer that falls due.</summary>
internal sealed class ManualTime(DateTimeOffset start) : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<Alarm> alarms = [];
    private DateTimeOffset now = start;

    /// <summary>How many timers were ever set; a loop that sleeps again has set one more.</summary>
    public int Set { get; private set; }

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
        {
            return now;
        }
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (gate)
        {
            var alarm = new Alarm(this, callback, state, now + dueTime);
            alarms.Add(alarm);
            Set++;
            return alarm;
        }
    }

    /// <summary>Moves on to the given time, waiting after each alarm until whoever it woke sleeps again.</summary>
    public async Task ToAsync(DateTimeOffset until)
    {
        while (Due(until) is { } alarm)
        {
            var before = Set;
            alarm.Ring();
            await Eventually.True(() => Set > before, "whoever was woken sleeps again");
        }

        lock (gate)
        {
            now = until;
        }
    }

    /// <summary>Moves on without waking anybody, as a suspended machine does.</summary>
    public void Skip(TimeSpan time)
    {
        lock (gate)
        {
            now += time;
        }
    }

    /// <summary>Wakes whoever is due, without waiting for anyone to sleep again.</summary>
    public void Ring(DateTimeOffset until)
    {
        while (Due(until) is { } alarm)
        {
            alarm.Ring();
        }
    }

    private Alarm? Due(DateTimeOffset until)
    {
        lock (gate)
        {
            var next = alarms.Where(a => a.At <= until).MinBy(a => a.At);
            if (next is not null)
            {
                alarms.Remove(next);
                now = next.At > now ? next.At : now;
            }

            return next;
        }
    }

    private sealed class Alarm(ManualTime time, TimerCallback callback, object? state, DateTimeOffset at) : ITimer
    {
        public DateTimeOffset At { get; } = at;

        public void Ring() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException("No timer here is changed.");

        public void Dispose()
        {
            lock (time.gate)
            {
                time.alarms.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

/// <summary>Waits for what happens soon, and fails in words when it does not.</summary>
internal static class Eventually
{
    public static Task True(Func<bool> condition, string what) => TrueAsync(() => Task.FromResult(condition()), what);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what, int seconds = 60)
    {
        for (var started = Stopwatch.GetTimestamp(); !await condition();)
        {
            var waited = Stopwatch.GetElapsedTime(started).TotalSeconds;
            Assert.True(waited < seconds, $"Waited {seconds} s and it is still not so that {what}.");
            await Task.Delay(10);
        }
    }
}
