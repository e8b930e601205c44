namespace Launchpad.Host.Timers;

/// <summary>When a timer ran last, when it runs next and when that was written down; all in UTC, and the first moment of time for
/// never.</summary>
internal sealed record TimerStatus(DateTime Last, DateTime Next, DateTime LastUpdated)
{
    private static readonly DateTime Never = DateTime.SpecifyKind(default, DateTimeKind.Utc);

    public static TimerStatus First(TimerSchedule schedule, DateTime now) => new(Never, schedule.Next(now), now);

    public static TimerStatus AfterRun(TimerSchedule schedule, DateTime ran) => new(ran, schedule.Next(ran), ran);

    /// <summary>Decides, from what was recorded before this start, when a timer runs next and whether it has missed a run. A schedule that
    /// was changed since is not past due: when its new time has gone by, it is counted from now.</summary>
    public static TimerStatus Resume(TimerSchedule schedule, TimerStatus recorded, DateTime now)
    {
        var counted = recorded.Last != Never ? recorded.Last : recorded.LastUpdated != Never ? recorded.LastUpdated : now;
        var expected = schedule.Next(counted);
        if (recorded.Next == expected)
        {
            return recorded;
        }

        return now > expected ? new(Never, schedule.Next(now), now) : new(Never, expected, counted);
    }
}
