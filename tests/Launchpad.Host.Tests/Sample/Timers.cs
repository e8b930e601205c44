using System.Globalization;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;

namespace Launchpad.Host.Sample;

/// <summary>Timer functions.</summary>
public sealed class Timers(Journal journal, IConfiguration settings)
{
    [Function("Nightly")]
    public async Task Nightly([TimerTrigger("%Sample:Nightly%")] TimerInfo timer, CancellationToken cancellation)
    {
        var next = timer?.ScheduleStatus?.Next.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        journal.Write($"nightly pastDue={timer?.IsPastDue} next={next}");
        journal.DieIn("nightly", settings.GetValue("Sample:NightlyDies", 0));
        try
        {
            await Task.Delay(settings.GetValue("Sample:NightlyTakes", 0), cancellation);
        }
        catch (OperationCanceledException)
        {
            journal.Write("nightly is cancelled");
            throw;
        }

        await Task.Delay(settings.GetValue("Sample:NightlyOverstays", 0), CancellationToken.None);
        journal.Write("nightly is over");
    }

    [Function("AtStart")]
    public Task AtStart([TimerTrigger("0 0 0 1 1 *", RunOnStartup = true, UseMonitor = false)] TimerInfo timer)
    {
        journal.Write($"at start, monitored={timer?.ScheduleStatus is not null}");
        return Task.CompletedTask;
    }

    [Function("Often")]
    public void Often([TimerTrigger("%Sample:Often%")] TimerInfo timer)
    {
        journal.Write($"often {DateTime.UtcNow:O} pastDue={timer?.IsPastDue}");
        throw new InvalidOperationException("a run that fails");
    }
}
