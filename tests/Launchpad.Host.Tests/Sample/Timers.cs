using System.Globalization;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Host.Sample;

/// <summary>Timer functions.</summary>
public sealed class Timers(Journal journal)
{
    [Function("Nightly")]
    public void Nightly([TimerTrigger("%Sample:Nightly%")] TimerInfo timer)
    {
        var next = timer?.ScheduleStatus?.Next.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        journal.Write($"nightly pastDue={timer?.IsPastDue} next={next}");
    }

    [Function("AtStart")]
    public Task AtStart([TimerTrigger("0 0 0 1 1 *", RunOnStartup = true, UseMonitor = false)] TimerInfo timer)
    {
        journal.Write($"at start, monitored={timer?.ScheduleStatus is not null}");
        return Task.CompletedTask;
    }
}
