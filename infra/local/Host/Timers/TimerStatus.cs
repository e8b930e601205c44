using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Host.Timers;

/// <summary>Decides, from what was recorded before this start, when a timer runs next and whether it has missed a run.</summary>
internal static class TimerStatus
{
    private static readonly DateTime Never = DateTime.SpecifyKind(default, DateTimeKind.Utc);

    public static ScheduleStatus First(TimerSchedule schedule, DateTime now) =>
        new() { Last = Never, Next = schedule.Next(now), LastUpdated = now };

    public static ScheduleStatus AfterRun(TimerSchedule schedule, DateTime ran) =>
        new() { Last = ran, Next = schedule.Next(ran), LastUpdated = ran };

    /// <summary>A schedule that was changed since is not past due: when its new time has gone by, it is counted from now.</summary>
    public static ScheduleStatus Resume(TimerSchedule schedule, ScheduleStatus recorded, DateTime now)
    {
        var counted = recorded.Last != Never ? recorded.Last : recorded.LastUpdated != Never ? recorded.LastUpdated : now;
        var expected = schedule.Next(counted);
        if (recorded.Next == expected)
        {
            return recorded;
        }

        return now > expected
            ? new() { Last = Never, Next = schedule.Next(now), LastUpdated = now }
            : new() { Last = Never, Next = expected, LastUpdated = counted };
    }
}
