using System.Globalization;
using Launchpad.Host.Timers;
using Microsoft.Extensions.Configuration;

namespace Launchpad.Host.Tests;

public sealed class TimerScheduleTests
{
    private static readonly IConfiguration Settings = new ConfigurationBuilder()
        .AddInMemoryCollection(new Dictionary<string, string?> { ["When"] = "0 30 9 * * *", ["Jobs:Hour"] = "4" })
        .Build();

    [Theory]
    [InlineData("0 0 3 * * *", "2026-01-15T03:00:00", "2026-01-16T03:00:00")]
    [InlineData("0 3 * * *", "2026-01-15T02:59:59", "2026-01-15T03:00:00")]
    [InlineData("*/15 * * * *", "2026-01-15T10:07:31", "2026-01-15T10:15:00")]
    [InlineData("*/10 * * * * *", "2026-01-15T10:07:31", "2026-01-15T10:07:40")]
    [InlineData("0 0 0 29 2 *", "2026-01-15T00:00:00", "2028-02-29T00:00:00")]
    [InlineData("0 0 12 * * MON-FRI", "2026-01-16T12:00:00", "2026-01-19T12:00:00")]
    [InlineData("%When%", "2026-01-15T00:00:00", "2026-01-15T09:30:00")]
    [InlineData("0 0 %Jobs:Hour% * * *", "2026-01-15T00:00:00", "2026-01-15T04:00:00")]
    [InlineData("00:05:00", "2026-01-15T00:00:00", "2026-01-15T00:05:00")]
    public void The_next_run_is_the_next_time_that_fits(string expression, string after, string next) =>
        Assert.Equal(Time(next), TimerSchedule.Parse(expression, Settings).Next(Time(after)));

    [Theory]
    [InlineData("")]
    [InlineData("every day")]
    [InlineData("61 * * * *")]
    [InlineData("0 0 3 * * * *")]
    [InlineData("%Missing%")]
    [InlineData("-00:05:00")]
    public void An_expression_that_says_nothing_is_refused(string expression) =>
        Assert.Throws<FormatException>(() => TimerSchedule.Parse(expression, Settings));

    [Theory]
    [InlineData("*/10 * * * * *", true)]
    [InlineData("0 * * * * *", false)]
    [InlineData("*/10 0 * * * *", false)]
    [InlineData("* * * * *", false)]
    [InlineData("00:00:30", true)]
    [InlineData("00:01:00", false)]
    public void Only_what_runs_more_than_once_a_minute_is_not_recorded(string expression, bool faster) =>
        Assert.Equal(faster, TimerSchedule.Parse(expression, Settings).IsFasterThanAMinute(Time("2026-01-15T00:00:00")));

    private static DateTime Time(string text) => DateTime.Parse(
        text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
