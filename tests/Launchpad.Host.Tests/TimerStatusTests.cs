using Launchpad.Host.Timers;
using Microsoft.Extensions.Configuration;

namespace Launchpad.Host.Tests;

public sealed class TimerStatusTests
{
    private static readonly DateTime Noon = new(2026, 1, 15, 12, 0, 0, DateTimeKind.Utc);
    private static readonly TimerSchedule Nightly = Schedule("0 0 3 * * *");

    [Fact]
    public void What_was_recorded_stays_as_it_is_while_the_schedule_does()
    {
        var ran = TimerStatus.AfterRun(Nightly, Noon);
        Assert.Equal((Noon, Noon.AddHours(15)), (ran.Last, ran.Next));
        Assert.Equal(ran, TimerStatus.Resume(Nightly, ran, Noon.AddDays(3)));
        var fresh = TimerStatus.First(Nightly, Noon);
        Assert.Equal(fresh, TimerStatus.Resume(Nightly, fresh, Noon.AddDays(3)));
    }

    [Fact]
    public void A_schedule_that_was_changed_counts_from_the_last_run_unless_that_is_past()
    {
        var ran = TimerStatus.AfterRun(Nightly, Noon);
        var soon = TimerStatus.Resume(Schedule("0 0 4 * * *"), ran, Noon.AddHours(1));
        Assert.Equal(Noon.AddHours(16), soon.Next);
        var late = TimerStatus.Resume(Schedule("0 0 4 * * *"), ran, Noon.AddDays(3));
        Assert.Equal(Noon.AddDays(3).AddHours(16), late.Next);
        Assert.True(late.Next > Noon.AddDays(3));
    }

    private static TimerSchedule Schedule(string text) => TimerSchedule.Parse(text, new ConfigurationBuilder().Build());
}
