using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using NCrontab;

namespace Launchpad.Host.Timers;

/// <summary>When a timer function runs: an NCRONTAB expression of five or six fields, in UTC, or the time between two runs.</summary>
internal sealed partial class TimerSchedule
{
    private readonly CrontabSchedule? cron;
    private readonly TimeSpan period;

    private TimerSchedule(string text, CrontabSchedule? cron, TimeSpan period)
    {
        Text = text;
        this.cron = cron;
        this.period = period;
    }

    public string Text { get; }

    public static TimerSchedule Parse(string expression, IConfiguration settings)
    {
        var text = SettingPattern().Replace(expression, match => settings[match.Groups[1].Value]
            ?? throw new FormatException($"The schedule '{expression}' names the setting '{match.Groups[1].Value}', which is missing."));
        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
        if (CrontabSchedule.TryParse(text, new CrontabSchedule.ParseOptions { IncludingSeconds = fields != 5 }) is { } cron)
        {
            return new(text, cron, default);
        }

        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var period) && period > TimeSpan.Zero
            ? new(text, null, period)
            : throw new FormatException($"The schedule '{text}' is neither an NCRONTAB expression nor a time span.");
    }

    public DateTime Next(DateTime after) => cron?.GetNextOccurrence(after) ?? after + period;

    /// <summary>Runs so often that a missed run is not worth keeping a record for.</summary>
    public bool IsFasterThanAMinute(DateTime now) => cron is null
        ? period < TimeSpan.FromMinutes(1)
        : Text.Split(' ', StringSplitOptions.RemoveEmptyEntries) is { Length: 6 } fields
            && fields.Skip(1).All(field => field == "*")
            && cron.GetNextOccurrences(now, now + TimeSpan.FromMinutes(1)).Take(2).Count() > 1;

    [GeneratedRegex("%([^%]+)%")]
    private static partial Regex SettingPattern();
}
