using Launchpad.Host.Timers;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging.Abstractions;

namespace Launchpad.Host.Tests;

public sealed class TimerTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);

    private readonly ManualTime time = new(Noon);
    private readonly string folder = SampleHost.NewFolder();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_timer_runs_when_its_schedule_says_and_not_before()
    {
        await using var host = await StartAsync();
        await time.ToAsync(Noon.AddHours(15).AddTicks(-1));
        Assert.Empty(Nightly(host));
        await time.ToAsync(Noon.AddHours(15));
        Assert.Equal(["nightly pastDue=False next=03:00:00"], Nightly(host));
        await time.ToAsync(Noon.AddHours(15 + 48));
        Assert.Equal(3, Nightly(host).Count);
    }

    [Fact]
    public async Task A_run_missed_while_the_app_was_down_is_made_up_for_once_and_says_so()
    {
        await using (await StartAsync())
        {
            await time.ToAsync(Noon.AddHours(1));
        }

        time.Skip(TimeSpan.FromDays(3));
        await using var host = await StartAsync();
        Assert.Equal(["nightly pastDue=True next=03:00:00"], Nightly(host));
        await time.ToAsync(Noon.AddDays(3).AddHours(15));
        Assert.Equal(["nightly pastDue=True next=03:00:00", "nightly pastDue=False next=03:00:00"], Nightly(host));
    }

    [Fact]
    public async Task A_restart_between_two_runs_makes_up_for_nothing()
    {
        await using (await StartAsync())
        {
            await time.ToAsync(Noon.AddHours(16));
        }

        await using var host = await StartAsync();
        await time.ToAsync(Noon.AddHours(17));
        Assert.Empty(Nightly(host));
    }

    [Fact]
    public async Task A_schedule_that_was_changed_while_the_app_was_down_is_not_past_due()
    {
        await using (await StartAsync())
        {
            await time.ToAsync(Noon.AddHours(1));
        }

        time.Skip(TimeSpan.FromDays(3));
        await using var host = await StartAsync("--Sample:Nightly=0 0 4 * * *");
        Assert.Empty(Nightly(host));
        await time.ToAsync(Noon.AddDays(3).AddHours(16));
        Assert.Equal(["nightly pastDue=False next=04:00:00"], Nightly(host));
    }

    [Fact]
    public async Task A_machine_that_slept_through_a_run_runs_it_on_waking()
    {
        await using var host = await StartAsync();
        time.Skip(TimeSpan.FromHours(20));
        await time.ToAsync(time.GetUtcNow());
        Assert.Equal(["nightly pastDue=False next=03:00:00"], Nightly(host));
    }

    [Fact]
    public async Task A_timer_marked_for_it_runs_at_start_and_one_without_monitor_has_no_status()
    {
        await using var host = await StartAsync();
        Assert.Single(host.Journal.Lines, "at start, monitored=False");
        Assert.False(File.Exists(Path.Combine(folder, "timers", "AtStart.json")));
        Assert.True(File.Exists(Path.Combine(folder, "timers", "Nightly.json")));
    }

    [Fact]
    public async Task A_record_that_is_damaged_begins_anew_and_is_reported()
    {
        await using (await StartAsync())
        {
            await time.ToAsync(Noon.AddHours(1));
        }

        await File.WriteAllTextAsync(Path.Combine(folder, "timers", "Nightly.json"), "{ half a rec");
        time.Skip(TimeSpan.FromDays(3));
        await using var host = await StartAsync();
        Assert.Empty(Nightly(host));
        Assert.Contains(host.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains("Nightly"));
    }

    [Fact]
    public void A_record_is_what_was_written_last()
    {
        var records = new TimerRecords(Path.Combine(folder, "timers"), NullLogger<TimerRecords>.Instance);
        Assert.Null(records.Read("Nightly"));
        var status = new ScheduleStatus { Last = Noon.UtcDateTime, Next = Noon.AddDays(1).UtcDateTime, LastUpdated = Noon.UtcDateTime };
        records.Write("Nightly", new ScheduleStatus());
        records.Write("Nightly", status);
        var read = records.Read("Nightly")!;
        Assert.Equal((status.Last, status.Next, status.LastUpdated), (read.Last, read.Next, read.LastUpdated));
        Assert.Single(Directory.GetFiles(Path.Combine(folder, "timers")));
    }

    // Both timers of the sample are asleep when this returns: the yearly one has run, the nightly one has made up for what it missed.
    private async Task<SampleHost> StartAsync(params string[] settings)
    {
        var before = time.Set;
        var host = await SampleHost.StartAsync(time, folder, settings);
        await Eventually.True(() => time.Set == before + 2, "both timers are asleep");
        return host;
    }

    private static List<string> Nightly(SampleHost host) =>
        [.. host.Journal.Lines.Where(line => line.StartsWith("nightly", StringComparison.Ordinal))];
}
