using System.Globalization;
using System.Text.Json;
using Azure.Storage.Blobs;
using Launchpad.Host.Timers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Launchpad.Host.Tests;

/// <summary>When timers run. What was missed is told by the record, which these tests move into the past.</summary>
public sealed class TimerTests(Storage storage) : IClassFixture<Storage>
{
    private static readonly DateTime Yesterday = DateTime.UtcNow.Date.AddDays(-1).AddHours(3);

    [Fact]
    public async Task A_schedule_of_seconds_goes_on_after_a_failure_and_is_never_early()
    {
        using var folder = new SampleFolder(
            storage, ("Sample__Often", "*/2 * * * * *"), ("Sample__Nightly", "00:00:01"));
        await using var host = await HostProcess.StartAsync(folder);
        await Eventually.True(() => Often(folder).Count >= 3, "it ran thrice");
        await folder.WritesAsync("nightly is over", 3);
        Assert.All(Often(folder), run => Assert.InRange(run.TimeOfDay.TotalSeconds % 2, 0, 1.5));
        Assert.All(Often(folder).Zip(Often(folder).Skip(1)), pair => Assert.True(pair.Second - pair.First > TimeSpan.FromSeconds(1)));
        Assert.Contains(host.Log, line => line.Contains("Executed Often (Failed", StringComparison.Ordinal));
        Assert.Single(folder.Journal, "at start, monitored=False");
        foreach (var function in new[] { "AtStart", "Often", "Nightly" })
        {
            Assert.False(await Record(folder, function).ExistsAsync(), $"{function} needs no record");
        }
    }

    [Fact]
    public async Task A_run_that_was_missed_is_made_up_for_once_and_one_that_was_cut_short_is_missed()
    {
        using var folder = new SampleFolder(storage, ("Sample__NightlyTakes", "600000"));
        await StartAndKillAsync(folder);
        Assert.DoesNotContain(folder.Journal, line => line.StartsWith("nightly", StringComparison.Ordinal));
        await WriteAsync(folder, Yesterday);

        await using (var cut = await HostProcess.StartAsync(folder))
        {
            await folder.WritesAsync("nightly pastDue=True next=03:00:00");
            cut.Signal("KILL");
            await cut.ExitAsync();
        }

        folder.Set(("Sample__NightlyTakes", "1000"));
        await using (var stopped = await HostProcess.StartAsync(folder))
        {
            await folder.WritesAsync("nightly pastDue=True next=03:00:00", 2);
            stopped.Signal("TERM");
            Assert.Equal(0, await stopped.ExitAsync());
            // It had the time that it needed, so it is done.
            Assert.Contains("nightly is over", folder.Journal);
        }

        await StartAndKillAsync(folder);
        Assert.Equal(2, folder.Journal.Count(line => line.StartsWith("nightly pastDue", StringComparison.Ordinal)));
        Assert.InRange((await ReadAsync(folder)).GetProperty("Next").GetDateTime(), DateTime.UtcNow, DateTime.UtcNow.AddDays(1));
    }

    [Fact]
    public async Task A_schedule_that_was_changed_meanwhile_or_a_record_that_is_damaged_is_not_past_due()
    {
        using var folder = new SampleFolder(storage);
        await StartAndKillAsync(folder);
        await WriteAsync(folder, Yesterday);
        folder.Set(("Sample__Nightly", "0 0 4 * * *"));
        await StartAndKillAsync(folder);
        Assert.Equal(4, (await ReadAsync(folder)).GetProperty("Next").GetDateTime().Hour);

        await Record(folder, "Nightly").UploadAsync(BinaryData.FromString("{ half a rec"), overwrite: true);
        await using var host = await HostProcess.StartAsync(folder);
        await Eventually.TrueAsync(async () => await IsRecordedAsync(folder), "the record is made anew");
        Assert.Contains(host.Log, line => line.Contains("The record of timer Nightly", StringComparison.Ordinal));
        Assert.DoesNotContain(folder.Journal, line => line.StartsWith("nightly", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_two_hosts_one_fires_and_the_other_takes_over_when_it_is_killed()
    {
        using var folder = new SampleFolder(storage, ("Sample__Often", "* * * * * *"));
        using var other = folder.Sibling(storage);
        var first = await HostProcess.StartAsync(folder);
        await using var second = await HostProcess.StartAsync(other);
        await Eventually.True(() => Often(folder).Count >= 4, "the first host fires");
        Assert.Empty(Often(other));

        first.Signal("KILL");
        await first.DisposeAsync();
        var killed = DateTime.UtcNow;
        await Eventually.True(() => Often(other).Count > 0, "the second host fires");
        Assert.InRange(DateTime.UtcNow - killed, TimeSpan.Zero, TimeSpan.FromMinutes(1));

        var seconds = Often(folder).Concat(Often(other)).Select(run => run.Ticks / TimeSpan.TicksPerSecond).ToList();
        Assert.Equal(seconds.Count, seconds.Distinct().Count());
    }

    [Fact]
    public async Task A_host_that_comes_back_gets_the_timers_at_once_that_it_had_itself_and_another_waits()
    {
        var container = new BlobContainerClient(storage.ConnectionString, "azure-webjobs-hosts");
        var app = $"app{Guid.NewGuid():N}";
        using var stop = new CancellationTokenSource();
        var first = Holder("one");
        await first.Held.Task.WaitAsync(TimeSpan.FromSeconds(30));
        var (other, again) = (Holder("other"), Holder("one"));
        await again.Held.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.False(other.Held.Task.IsCompleted);
        await stop.CancelAsync();
        await Task.WhenAll(first.Run, again.Run, other.Run);

        (TaskCompletionSource Held, Task Run) Holder(string name)
        {
            var held = new TaskCompletionSource();
            var lease = new TimerLease(container, app, name, TimeProvider.System, NullLogger<TimerLease>.Instance);
            var run = lease.RunAsync(_ =>
            {
                held.TrySetResult();
                return Task.CompletedTask;
            }, stop.Token);
            return (held, run);
        }
    }

    private BlobClient Record(SampleFolder folder, string function) =>
        new(storage.ConnectionString, "azure-webjobs-hosts", $"timers/{folder.Hub}/{function}/status");

    private async Task<JsonElement> ReadAsync(SampleFolder folder) =>
        (await Record(folder, "Nightly").DownloadContentAsync()).Value.Content.ToObjectFromJson<JsonElement>();

    private async Task WriteAsync(SampleFolder folder, DateTime due) => await Record(folder, "Nightly").UploadAsync(
        BinaryData.FromObjectAsJson(new { Last = due.AddDays(-1), Next = due, LastUpdated = due.AddDays(-1) }), overwrite: true);

    private async Task<bool> IsRecordedAsync(SampleFolder folder)
    {
        try
        {
            return (await ReadAsync(folder)).GetProperty("Next").GetDateTime() > DateTime.UtcNow;
        }
        catch (Exception failure) when (failure is Azure.RequestFailedException or JsonException)
        {
            return false;
        }
    }

    // The record is there, or brought up to date, soon after a host holds the timers.
    private async Task StartAndKillAsync(SampleFolder folder)
    {
        await using var host = await HostProcess.StartAsync(folder);
        await Eventually.TrueAsync(async () => await IsRecordedAsync(folder), "the record is written");
    }

    private static List<DateTime> Often(SampleFolder folder) =>
    [
        .. folder.Journal.Where(line => line.StartsWith("often", StringComparison.Ordinal)).Select(line => DateTime.Parse(
            line.Split(' ')[1], CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal)),
    ];
}
